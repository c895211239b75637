import { Readable } from "node:stream";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import { readForm } from "../../src/server/read-form.ts";

const headers = { "content-type": "multipart/form-data; boundary=b" };
const form = Buffer.from(
  [
    "--b",
    'Content-Disposition: form-data; name="language"',
    "",
    "en",
    "--b",
    'Content-Disposition: form-data; name="file"; filename="a.wav"',
    "Content-Type: audio/wav",
    "",
    "RIFF\r\n--",
    "--b",
    'Content-Disposition: form-data; name="model"',
    "",
    "whisper",
    "--b--",
    "",
  ].join("\r\n"),
);
const read = (pieces: readonly Buffer[]) => readForm(Readable.from(pieces), headers, 10_000);

/** What a form gave, or how it was refused. */
async function outcomeOf(pieces: readonly Buffer[]): Promise<unknown> {
  try {
    return await read(pieces);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.kind;
  }
}

test("a form is the same wherever it is cut into two pieces", async () => {
  const whole = {
    fields: [
      ["language", "en"],
      ["model", "whisper"],
    ],
    files: [["file", { name: "a.wav", type: "audio/wav", bytes: Buffer.from("RIFF\r\n--") }]],
  };
  for (let at = 0; at <= form.length; at += 1)
    expect(await read([form.subarray(0, at), form.subarray(at)])).toEqual(whole);
});

test("a form that ends too soon is refused, wherever it ends, and nothing fails behind it", async () => {
  const end = form.lastIndexOf("--b--") + "--b--".length;
  for (let at = 0; at < end; at += 1)
    expect(await outcomeOf([form.subarray(0, at)]), `after ${at} bytes`).toBe("invalid-request");
});

test("whatever bytes come, a form is read or refused", async () => {
  const piece = fc.oneof(
    fc
      .constantFrom(...form.toString().split(/(?=\r\n)/), "\r\n", "--b", "--b--", "\0", '"', ";")
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      await outcomeOf(pieces);
    }),
    { numRuns: 500 },
  );
});

test.each(["form-data", 'form-data; name=""', 'form-data; filename="a.wav"'])(
  "a part that is %s has no name, and is refused",
  async (disposition) => {
    const part = `--b\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n`;
    await expect(read([Buffer.from(part), form])).rejects.toThrow(
      "The form can't be read: a part of it has no name.",
    );
  },
);
