/** Compressed replies, which nobody asks for: whatever a proxy in front makes of the application's. */
import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  deflate,
  deflateRaw,
  gzip,
} from "node:zlib";

import { describe, expect, test } from "vitest";

import { createClient } from "../../../src/upstreams/akash-chat/client.ts";
import { createGate } from "./support/create-gate.ts";
import { createOptions, createUpstream, forever, hello, readText } from "./support/create-upstream.ts";
import { answerSession, isSession, serve, streamHeaders, type Seen } from "./support/serve.ts";
import { streamOf } from "../../support/sources.ts";

type Compress = (bytes: Uint8Array) => Promise<Buffer>;
const gzipAll: Compress = promisify(gzip);
const brotliAll: Compress = async (bytes) =>
  promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
const deflateAll: Compress = promisify(deflate);
const deflateRawAll: Compress = promisify(deflateRaw);

const codings: readonly (readonly [name: string, header: string, compress: Compress])[] = [
  ["gzip", "gzip", gzipAll],
  ["gzip by its old name, in capitals", "X-GZIP", gzipAll],
  ["brotli", "br", brotliAll],
  ["deflate", "deflate", deflateAll],
  ["deflate without zlib's header", "deflate", deflateRawAll],
  ["gzip, then brotli", "gzip, br", async (bytes) => brotliAll(await gzipAll(bytes))],
  ["a coding that is none", "identity", async (bytes) => Buffer.from(bytes)],
];

const answer = Buffer.from('0:"grüß dich"\nd:{"finishReason":"stop"}\n');

/** A server whose replies, but for sessions, are of one coding. */
function serveCoded(coding: string, bytes: Uint8Array, status = 200, headers: object = streamHeaders) {
  return serve((seen, response) => {
    if (isSession(seen)) answerSession(response, "t");
    else response.writeHead(status, { ...headers, "content-encoding": coding }).end(bytes);
  });
}

const json = { "content-type": "application/json" };

describe.each(codings)("%s", (_name, coding, compress) => {
  test("an answer is read", async () => {
    await using server = await serveCoded(coding, await compress(answer));
    await using upstream = createUpstream(server.url);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("grüß dich");
  });

  test("so is a refusal", async () => {
    const body = await compress(Buffer.from('{"error":"Rate limit exceeded","message":"Wait."}'));
    await using server = await serveCoded(coding, body, 429, json);
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "rate-limited",
      message: expect.stringContaining("Wait."),
    });
  });

  test("so is a list", async () => {
    const body = await compress(Buffer.from('[{"id":"m"}]'));
    await using server = await serveCoded(coding, body, 200, json);
    await using upstream = createUpstream(server.url);
    expect((await upstream.listModels(forever)).map(({ id }) => id)).toEqual(["m"]);
  });

  test("so is a picture, whose length is not that of the coded bytes", async () => {
    const bytes = Buffer.alloc(5000, "picture");
    const body = await compress(bytes);
    await using server = await serveCoded(coding, body, 200, {
      "content-type": "image/webp",
      "content-length": body.length,
    });
    await using upstream = createUpstream(server.url);
    const file = await upstream.pictures.openImage("a.webp", undefined, forever);
    expect(file.contentLength).toBe(coding === "identity" ? 5000 : undefined);
    const pieces: Uint8Array[] = [];
    for await (const piece of file.body) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(bytes);
  });
});

test("all requests ask for none", async () => {
  const asked: Seen[] = [];
  await using server = await serve((seen, response) => {
    asked.push(seen);
    if (isSession(seen)) answerSession(response, "t");
    else response.writeHead(200, streamHeaders).end(answer);
  });
  await using upstream = createUpstream(server.url);
  await readText(streamOf(upstream, hello, { signal: forever }));
  expect(asked.map((seen) => seen.headers["accept-encoding"])).toEqual(["identity", "identity"]);
});

test.each([
  ["gzip", () => createGzip(), constants.Z_SYNC_FLUSH],
  ["deflate", () => createDeflate(), constants.Z_SYNC_FLUSH],
  ["br", () => createBrotliCompress(), constants.BROTLI_OPERATION_FLUSH],
])("%s: a stream still streams", async (coding, create, flush) => {
  const gates = [createGate(), createGate(), createGate()] as const;
  await using server = await serve(async (seen, response: ServerResponse) => {
    if (isSession(seen)) return answerSession(response, "t");
    response.writeHead(200, { ...streamHeaders, "content-encoding": coding });
    const coder = create();
    coder.pipe(response);
    for (const [index, gate] of gates.entries()) {
      coder.write(`0:"${index}"\n`);
      coder.flush(flush);
      await gate.opened;
    }
    coder.end('d:{"finishReason":"stop"}\n');
  });
  await using upstream = createUpstream(server.url);
  const texts: string[] = [];
  for await (const batch of streamOf(upstream, hello, { signal: forever })) {
    for (const event of batch) {
      if (event.type !== "block-delta") continue;
      // The server goes on only when this has arrived.
      gates[texts.length]?.open();
      texts.push(event.text);
    }
  }
  expect(texts).toEqual(["0", "1", "2"]);
});

/** The text of an answer, or what it fails of. */
async function read(coding: string, bytes: Uint8Array) {
  await using server = await serveCoded(coding, bytes);
  await using upstream = createUpstream(server.url);
  return await readText(streamOf(upstream, hello, { signal: forever })).catch((error: unknown) => error);
}

describe("a compressed reply that is wrong", () => {
  test.each(["zstd", "compress", "gzip, aes128gcm", "gzip, gzip, gzip, gzip"])(
    "%s is named",
    async (coding) => {
      expect(await read(coding, answer)).toMatchObject({
        kind: "upstream-protocol",
        message: expect.stringContaining(`is encoded as "${coding.replace(/^gzip, (?=aes)/, "")}"`),
      });
    },
  );

  test.each([
    ["gzip", "gzip", gzipAll],
    ["br", "br", brotliAll],
    ["deflate", "deflate", deflateAll],
  ])("%s that ends too early is cut", async (_name, coding, compress) => {
    const bytes = await compress(Buffer.from('0:"x"\n'.repeat(50)));
    expect(await read(coding, bytes.subarray(0, -6))).toMatchObject({ kind: "upstream-truncated" });
  });

  test.each(["gzip", "br"])("bytes that are no %s", async (coding) => {
    expect(await read(coding, answer)).toMatchObject({
      kind: "upstream-protocol",
      message: `Akash Chat's reply is not what it says to be: ${coding}.`,
    });
  });

  test("nothing at all is an empty answer, as without a coding", async () => {
    expect(await read("gzip", Buffer.alloc(0))).toMatchObject({ kind: "upstream-truncated" });
  });

  test.each([
    ["gzip", "gzip", gzipAll],
    ["br", "br", brotliAll],
  ])("a small body of %s that becomes a large one is given up", async (_name, coding, compress) => {
    const bytes = await compress(Buffer.alloc(80_000_000, `2:["${"x".repeat(100_000)}"]\n`));
    expect(bytes.length).toBeLessThan(1_000_000);
    expect(await read(coding, bytes)).toMatchObject({
      kind: "upstream-protocol",
      message: expect.stringContaining("too long"),
    });
  });

  test.each([
    ["gzip", "gzip", gzipAll],
    ["deflate", "deflate", deflateAll],
    ["br", "br", brotliAll],
  ])("%s with something behind it is read to its own end", async (_name, coding, compress) => {
    const bytes = Buffer.concat([await compress(answer), Buffer.alloc(100_000)]);
    expect(await read(coding, bytes)).toBe("grüß dich");
  });

  test("a body nobody wants is given up, and its connection with it", async () => {
    await using server = await serveCoded("gzip", await gzipAll(answer));
    const client = createClient(createOptions(server.url));
    try {
      const reply = await client.send({ method: "GET", path: "/x", patience: "short" }, forever);
      reply.discard();
      const read: Uint8Array[] = [];
      await reply.read((pieces) => void read.push(...pieces));
      expect(read).toEqual([]);
    } finally {
      await client.close();
    }
  });
});
