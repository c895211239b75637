/** Bodies as real clients send them, and as no client should: each is read, or refused in clear words. */
import { randomBytes } from "node:crypto";
import * as zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { get, post, type AnyJson } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { dialects, type Dialect, withSampling } from "./support/dialects.ts";
import { fullBodies } from "./support/full-bodies.ts";
import { sendRaw } from "./support/send-raw.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib;

/** Node has it from 22.15 on. */
const hasZstd = "zstdCompressSync" in zlib;

const codings = [
  { name: "gzip", header: "gzip", encode: gzipSync },
  { name: "gzip, in other words", header: "identity, X-GZip", encode: gzipSync },
  { name: "brotli", header: "br", encode: brotliCompressSync },
  { name: "deflate", header: "deflate", encode: deflateSync },
  { name: "deflate without its header", header: "deflate", encode: deflateRawSync },
  ...("zstdCompressSync" in zlib
    ? [{ name: "zstd", header: "zstd", encode: (bytes: Buffer) => zlib.zstdCompressSync(bytes) }]
    : []),
];

/** Above the limit of 32 MiB, and packed hardly smaller than half. */
const largeZip = gzipSync(Buffer.from(`"${randomBytes(18_000_000).toString("hex")}"`), { level: 1 });
const manyValues = `[${Array.from({ length: 600_000 }, (_, at) => at).join(",")}]`;

const answer = '{"city":"Oslo"}';

async function ask(path: string, body: unknown) {
  stack.simulator.enqueue({ text: answer });
  return post(stack.url + path, body);
}

const required = new Set(["model", "messages", "prompt", "input"]);

/** Each field of the full bodies that may be missing. */
const optionalFields = dialects.flatMap((dialect) =>
  (fullBodies[dialect.path] ?? []).flatMap((body, index) =>
    Object.keys(body)
      .filter((field) => !required.has(field) && !(field === "max_tokens" && dialect.name === "messages"))
      .map((field) => ({ name: dialect.name, dialect, field, body, index })),
  ),
);

test.each(optionalFields)("$name: $field may be null (body $index)", async ({ dialect, field, body }) => {
  const one = {
    ...body,
    ...("n" in body ? { n: 1 } : {}),
    ...("prompt" in body ? { prompt: "x", best_of: 1 } : {}),
  };
  // Who has no tools, or has to call one, would get another answer.
  const choices = { tool_choice: null, function_call: null };
  const reply = await ask(dialect.path, { ...one, ...choices, [field]: null });
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining("Oslo")]);
});

const limits: Readonly<Partial<Record<Dialect["name"], string>>> = {
  responses: "max_output_tokens",
  ollama: "num_predict",
};

/** A wrong value, and whether its field is one of sampling. */
const wrongTypes = dialects.flatMap((dialect) => {
  const { path, name } = dialect;
  const limit = limits[name] ?? "max_tokens";
  const ofSampling = [
    ["temperature", "0.5"],
    ["temperature", Infinity],
    ["top_p", [1]],
    [limit, "100"],
    [limit, 1.5],
  ] as const;
  const others = [
    ["stream", "true"],
    ["model", ""],
    ["model", 7],
  ] as const;
  return [
    ...ofSampling.map(([field, value]) => {
      const given = value === Infinity ? "@" : value;
      return {
        path,
        field,
        value,
        dialect,
        body: withSampling(dialect, dialect.body("Hi"), { [field]: given }),
      };
    }),
    ...others.map(([field, value]) => {
      return { path, field, value, dialect, body: { ...dialect.body("Hi"), [field]: value } };
    }),
  ];
});

test.each(wrongTypes)("POST $path names $field when it is $value", async ({ path, field, dialect, body }) => {
  const reply = await post(stack.url + path, JSON.stringify(body).replace('"@"', "1e400"));
  expect(reply.status).toBe(400);
  expect(dialect.readError(reply.json()).message).toContain(field);
});

describe.each(dialects)("$name", (dialect) => {
  const url = () => stack.url + dialect.path;
  const hello = dialect.body("Hi");

  test.each<[string, AnyJson]>([
    ["no content", { model: "DeepSeek-V3.2", max_tokens: 5 }],
    ["an empty list", { ...hello, messages: [], input: [], prompt: [] }],
    ["null", { ...hello, messages: null, input: null, prompt: null }],
    ["a list", []],
    ["a text", '"x"'],
    ["nothing", ""],
    ["half of it", JSON.stringify(hello).slice(0, -3)],
    ["10,000 levels of nothing", "[".repeat(10_000)],
  ])("refuses %s", async (_name, body) => {
    const reply = await post(url(), body);
    const isObject = typeof body === "object" && !Array.isArray(body);
    // Without messages Ollama loads the model, and says so.
    if (dialect.name === "ollama" && isObject) {
      expect([reply.status, reply.json().done_reason]).toEqual([200, "load"]);
      return;
    }
    expect(reply.status).toBe(400);
    expect(dialect.readError(reply.json()).message.length).toBeGreaterThan(10);
  });

  test("answers an empty text, and one of blanks", async () => {
    for (const text of ["", " \n"]) {
      const reply = await ask(dialect.path, dialect.body(text));
      if (reply.status === 200) expect(dialect.readWhole(reply.json()).text).toBe(answer);
      else expect(dialect.readError(reply.json()).message.length).toBeGreaterThan(10);
      expect(reply.status).toBeLessThan(500);
    }
  });

  test("takes unknown fields of any depth and name, and pollutes nothing", async () => {
    const deep = `${'{"a":['.repeat(5000)}1${"]}".repeat(5000)}`;
    const strange = `"deep":${deep},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}`;
    const reply = await ask(dialect.path, `${JSON.stringify(hello).slice(0, -1)},${strange}}`);
    expect(reply.status).toBe(200);
    expect("polluted" in {}).toBe(false);
  });

  test("reads the last of two equal keys, behind a byte order mark", async () => {
    const text = JSON.stringify(hello).slice(1);
    const reply = await ask(dialect.path, `\uFEFF{"model":"none",${text}`);
    expect(reply.status).toBe(200);
  });

  test("refuses the model of a very long name with a short word, and one in Unicode by name", async () => {
    const long = await post(url(), dialect.body("Hi", "模".repeat(100_000)));
    expect([400, 404, 500]).toContain(long.status);
    expect(long.text.length).toBeLessThan(2000);
    const odd = await post(url(), dialect.body("Hi", "模型 🙂 \u0000"));
    expect(dialect.readError(odd.json()).message).toContain("模型 🙂 \u0000");
  });

  test("refuses a body above the limit of the gateway, and one above Akash Chat's", async () => {
    const huge = await post(url(), dialect.body("x".repeat(33_554_432)));
    expect(huge.status).toBe(413);
    dialect.readError(huge.json());
    const large = await post(url(), dialect.body("word ".repeat(2_200_000)));
    expect([400, 413]).toContain(large.status);
    expect(dialect.readError(large.json()).message).toMatch(/too l(?:ong|arge)|context length/i);
  });

  test("refuses bytes that are no text", async () => {
    const bytes = Buffer.from(JSON.stringify(dialect.body("\u00ff")), "latin1");
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      const broken = await sendRaw(stack.url, { path: dialect.path, body: bytes, headers });
      expect([broken.status, broken.text]).toEqual([400, expect.stringContaining("UTF-8")]);
    }
  });

  test.each(codings)("reads a body that is $name", async ({ header, encode }) => {
    const bytes = encode(Buffer.from(JSON.stringify(dialect.body("é🙂"))));
    for (const body of [bytes, [...bytes].map((byte) => Buffer.of(byte))]) {
      stack.simulator.enqueue({ text: answer });
      const headers = { "content-encoding": header, "content-type": "application/json" };
      const reply = await sendRaw(stack.url, { path: dialect.path, body, headers });
      expect(dialect.readWhole(JSON.parse(reply.text)).text).toBe(answer);
      const sent = stack.simulator.chats.at(-1)?.body as { messages: { content: string }[] };
      expect(sent.messages.at(-1)?.content).toBe("é🙂");
    }
  });

  test.each<[string, string, Buffer, number, RegExp]>([
    [
      "an unknown coding",
      "rot13",
      Buffer.from("x"),
      415,
      /"rot13" can't be read\. Send the body as gzip, br/,
    ],
    ["two codings", "gzip, br", Buffer.from("x"), 415, /"gzip, br" can't be read/],
    [
      "what is no gzip",
      "gzip",
      Buffer.from(JSON.stringify(hello)),
      400,
      /not what its Content-Encoding says/,
    ],
    [
      "what is no brotli",
      "br",
      Buffer.from(JSON.stringify(hello)),
      400,
      /not what its Content-Encoding says/,
    ],
    hasZstd
      ? ["what is no zstd", "zstd", Buffer.from("{}"), 400, /not what its Content-Encoding says/]
      : ["zstd", "zstd", Buffer.from("{}"), 415, /"zstd" can't be read by this Node; 22\.15/],
    [
      "half of it",
      "gzip",
      gzipSync(JSON.stringify(hello)).subarray(0, -9),
      400,
      /not what its Content-Encoding/,
    ],
    ["nothing", "gzip", Buffer.of(), 400, /must be a JSON object/],
    ["no JSON", "deflate", deflateSync("no JSON"), 400, /not valid JSON/],
    ["bytes that are no text", "gzip", gzipSync(Buffer.of(0x22, 0xff, 0x22)), 400, /UTF-8/],
    ["a bomb", "gzip", gzipSync(Buffer.alloc(30_000_000, 0x20)), 413, /grows to more than 100 times/],
    [
      "a bomb of brotli",
      "br",
      brotliCompressSync(Buffer.alloc(30_000_000, 0x20)),
      413,
      /more than 100 times/,
    ],
    ["too much of it", "gzip", largeZip, 413, /larger than this gateway accepts/],
    ["too many values", "gzip", gzipSync(manyValues), 413, /more than 100000 JSON values/],
  ])("refuses %s", async (_name, coding, body, status, words) => {
    const headers = { "content-encoding": coding };
    const reply = await sendRaw(stack.url, { path: dialect.path, body, headers });
    expect([reply.status, dialect.readError(JSON.parse(reply.text)).message]).toEqual([
      status,
      expect.stringMatching(words),
    ]);
  });

  test.each([
    "",
    "json",
    "application/json, application/json",
    "application/json application/json",
    ";",
    "/",
    "é",
  ])("reads JSON of the content type %j", async (type) => {
    stack.simulator.enqueue({ text: answer });
    const body = Buffer.from(JSON.stringify(hello));
    const reply = await sendRaw(stack.url, { path: dialect.path, body, headers: { "content-type": type } });
    expect(dialect.readWhole(JSON.parse(reply.text)).text).toBe(answer);
  });

  test("reads a body that comes a byte at a time", async () => {
    stack.simulator.enqueue({ text: answer });
    const reply = await sendRaw(stack.url, {
      path: dialect.path,
      body: [...Buffer.from(JSON.stringify(dialect.body("é🙂")))].map((byte) => Buffer.of(byte)),
      headers: { expect: "100-continue", "x-title": "\u00e9\u00ff" },
    });
    expect(dialect.readWhole(JSON.parse(reply.text)).text).toBe(answer);
    const sent = stack.simulator.chats.at(-1)?.body as { messages: { content: string }[] };
    expect(sent.messages.at(-1)?.content).toBe("é🙂");
  });
});

test.each(dialects)(
  "$name: more than Akash Chat takes is a 413, before anything is sent",
  async (dialect) => {
    await using boundless = await startStack({ simulator: { models: [{ id: "Boundless" }] } });
    const reply = await post(
      boundless.url + dialect.path,
      dialect.body("word ".repeat(2_100_000), "Boundless"),
    );
    expect(reply.status).toBe(413);
    dialect.readError(reply.json());
    expect(boundless.simulator.chats).toEqual([]);
  },
);

test.each([
  ["headers of 20 kB", `GET /health HTTP/1.1\r\nHost: x\r\nx-a: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ["what is no HTTP", "HELLO\r\n\r\n", 400],
  [
    "a body of two lengths",
    "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
  ],
  [
    "a chunk that is longer than it says",
    'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"model":1}\r\n0\r\n\r\n',
    400,
  ],
  [
    "a path that is not encoded as one",
    "GET /v1/models/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    400,
  ],
])("%s get an error in a known form", async (_name, request, status) => {
  const reply = await sendRaw(stack.url, request);
  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.text)).toMatchObject({ code: status, error: { message: expect.any(String) } });
});

test("HEAD and OPTIONS are answered without a body", async () => {
  const head = await sendRaw(stack.url, "HEAD /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect([head.status, head.text]).toEqual([200, ""]);
  const options = await sendRaw(
    stack.url,
    "OPTIONS /v1/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );
  expect([options.status, options.text]).toEqual([204, ""]);
  expect((await get(`${stack.url}/health`)).status).toBe(200);
});
