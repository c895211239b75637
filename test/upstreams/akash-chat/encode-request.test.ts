import { describe, expect, test } from "vitest";

import { encodeImageRequest, encodeRequest } from "../../../src/upstreams/akash-chat/encode-request.ts";
import { toPlain } from "../../../src/upstreams/akash-chat/to-plain.ts";
import { readCapture } from "./support/captures.ts";
import { plainRequest } from "./support/create-upstream.ts";

function encode(...parameters: Parameters<typeof encodeRequest>): Record<string, unknown> {
  return JSON.parse(Buffer.from(encodeRequest(...parameters)).toString("utf8")) as Record<string, unknown>;
}

describe("chat request", () => {
  test("has all that the upstream reads, and nothing else", () => {
    const messages = [
      { role: "user", text: "Hi" },
      { role: "assistant", text: "Hello." },
      { role: "user", text: " kept\n " },
    ] as const;
    expect(encode(plainRequest({ messages, sampling: { temperature: 0.2, topP: 0.5 } }))).toEqual({
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello." },
        { role: "user", content: " kept\n " },
      ],
      model: "m",
      system: "S",
      temperature: 0.2,
      topP: 0.5,
      context: [],
    });
  });

  test.each([
    [{ temperature: 0, topP: 0 }, {}, [0.0001, 0.0001]],
    [{ temperature: 2, topP: 1 }, { temperature: 0.3, topP: 0.4 }, [2, 1]],
    [{}, { temperature: 0.3, topP: 0.4 }, [0.3, 0.4]],
    [{}, { temperature: 0, topP: 0 }, [0.0001, 0.0001]],
    [{}, {}, [0.6, 0.95]],
  ])("sampling %j with the model's %j is %j: never 0, always there", (sampling, defaults, expected) => {
    const body = encode(plainRequest({ sampling }), defaults);
    expect([body["temperature"], body["topP"]]).toEqual(expected);
  });

  test("files are sent in reverse, since the upstream reverses them", () => {
    const files = [
      { name: "a.txt", mediaType: "text/plain", text: "AAA" },
      { name: "b.txt", mediaType: "text/plain", text: "BBB" },
    ];
    expect(encode(plainRequest({ files }))["context"]).toEqual([
      { name: "b.txt", type: "text/plain", content: "BBB" },
      { name: "a.txt", type: "text/plain", content: "AAA" },
    ]);
  });

  test("each file has a name of its own, the same file comes once", () => {
    const files = [
      ["a.txt", "1"],
      ["a.txt", "2"],
      ["a.txt", "1"],
      ["README", "3"],
      ["a.txt", "2"],
      ["README", "4"],
    ].map(([name = "", text = ""]) => ({ name, mediaType: "text/plain", text }));
    expect(toPlain(plainRequest({ files })).files.map(({ name, text }) => [name, text])).toEqual([
      ["a.txt", "1"],
      ["a (2).txt", "2"],
      ["README", "3"],
      ["README (2)", "4"],
    ]);
  });

  // Looking through all names for each would take minutes, so a test that ends has passed.
  test("20,000 files of one name are numbered", () => {
    const all = Array.from({ length: 20_000 }, (_, at) => ({
      name: "a.txt",
      mediaType: "text/plain",
      text: `${at}`,
    }));
    const { files } = toPlain(plainRequest({ files: all }));
    expect(files).toHaveLength(20_000);
    expect(files.at(-1)).toMatchObject({ name: "a (20000).txt", text: "19999" });
  });

  test("images go the one way that works, as recorded", () => {
    const { body } = readCapture("2025-07/239-msg-ui-attachment").request;
    const recorded = JSON.parse(body) as { messages: { experimental_attachments: { url: string }[] }[] };
    const images = [{ mediaType: "image/png", base64: "iVBORw0KGgo=" }];
    const messages = [{ role: "user", text: "::plain x", images }] as const;
    const sent = encode(plainRequest({ messages }))["messages"] as typeof recorded.messages;
    expect(sent[0]).toEqual({
      ...recorded.messages[0],
      experimental_attachments: [
        { ...recorded.messages[0]?.experimental_attachments[0], name: "image-1.png" },
      ],
    });
  });

  test("special tokens of the tokenizer are broken in every text, as the recording that passed has them", () => {
    const tokens = ["endoftext", "fim_prefix", "fim_middle", "fim_suffix", "endofprompt"];
    const text = tokens.map((token) => `x<|${token}|>`).join("");
    const body = encode(
      plainRequest({
        system: text,
        messages: [
          { role: "user", text },
          { role: "assistant", text },
        ],
        files: [{ name: text, mediaType: "text/plain", text }],
      }),
    );
    const sent = JSON.stringify(body);
    expect(sent).not.toMatch(/<\|(?:endoftext|fim_\w+|endofprompt)\|>/);
    expect(sent.replaceAll("\u200B", "").split("x<|endoftext|>")).toHaveLength(6);
    expect(encode(plainRequest({ system: "<|im_start|> <| endoftext |>" }))["system"]).toBe(
      "<|im_start|> <| endoftext |>",
    );
  });

  test("10 MB of encoded bytes pass, one more is refused", () => {
    const empty = encodeRequest(plainRequest({ messages: [{ role: "user", text: "" }] })).length;
    const text = "x".repeat(10_000_000 - empty);
    expect(encodeRequest(plainRequest({ messages: [{ role: "user", text }] }))).toHaveLength(10_000_000);
    expect(() => encodeRequest(plainRequest({ messages: [{ role: "user", text: `${text}x` }] }))).toThrow(
      expect.objectContaining({ kind: "payload-too-large", status: 413 }),
    );
  });
});

test("an image request has non-zero sampling and a system of its own", () => {
  const bytes = encodeImageRequest({ model: "AkashGen", turns: [{ role: "user", text: "a boat" }] }, "S");
  expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
    messages: [{ role: "user", content: "a boat" }],
    model: "AkashGen",
    system: "S",
    temperature: 0.85,
    topP: 1,
    context: [],
  });
});
