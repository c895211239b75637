import { once } from "node:events";
import { connect } from "node:net";
import OpenAI from "openai";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScriptedFile, ScriptedImage } from "../../src/simulator/index.ts";
import { createGate } from "../support/gate.ts";
import { post, send } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

let stack: Stack;
let openai: OpenAI;
beforeAll(async () => {
  stack = await startStack();
  openai = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => stack.close());

const noise = sharp({
  create: {
    width: 256,
    height: 256,
    channels: 3,
    background: "#888",
    noise: { type: "gaussian", sigma: 60 },
  },
});
const webp = await noise.clone().webp().toBuffer();
const png = await noise.clone().png().toBuffer();
const jpeg = await noise.clone().jpeg().toBuffer();

const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: "#888" } });

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);

/** Files that are no picture from their first bytes on. */
const noPictures: readonly (readonly [string, ScriptedFile & { readonly body: Buffer }])[] = [
  ["nothing", { body: Buffer.alloc(0) }],
  ["nothing, and says so", { body: Buffer.alloc(0), contentLength: 0 }],
  ["a page", { body: Buffer.from("<!DOCTYPE html><title>502</title>") }],
  ["a page that says so", { body: Buffer.from("<html>"), contentType: "text/html" }],
  ["a JSON error", { body: Buffer.from('{"error":"Image not found"}'), contentType: "application/json" }],
  ["a JSON error as a picture", { body: Buffer.from('{"error":"Failed to fetch image"}') }],
  [
    "a drawing with a script",
    { body: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), contentType: "image/svg+xml" },
  ],
  ["words", { body: Buffer.from("BMP files are large."), contentType: "image/bmp" }],
  ["four bytes of a picture", { body: webp.subarray(0, 4) }],
  ["less than a webp says it has", { body: half(webp), contentLength: half(webp).length }],
];

/** Files that begin as a picture and end too soon, as if that were their end. */
const halves: readonly (readonly [string, ScriptedFile & { readonly body: Buffer }])[] = [
  ["half a webp", { body: half(webp) }],
  ["half a png", { body: half(png) }],
  ["half a jpeg", { body: half(jpeg) }],
  ["half a png with its length", { body: half(png), contentLength: half(png).length }],
];

const cuts: readonly (readonly [string, ScriptedFile & { readonly body: Buffer }])[] = [
  ["a webp whose connection breaks", { body: half(webp), cut: true }],
  ["a png whose connection breaks", { body: half(png), cut: true }],
  ["a png shorter than its Content-Length", { body: half(png), contentLength: png.length, cut: true }],
];

function script(image: Partial<ScriptedImage>): void {
  stack.simulator.enqueue({ image: { prompt: "x", statuses: ["succeeded"], ...image } });
}

const generations = () => `${stack.url}/v1/images/generations`;

async function link(file: ScriptedFile, fields: object = {}): Promise<string> {
  script({ file });
  const reply = await post(generations(), { prompt: "x", ...fields });
  expect(reply.status).toBe(200);
  return reply.json().data[0].url;
}

/**
 * The body in three pieces; the last comes after `end`. Without chunks the second only stays apart from the first
 * because it is larger than what a socket gives at once.
 */
async function* inPieces(bytes: Uint8Array, end: Promise<void>) {
  yield bytes.subarray(0, 50);
  yield bytes.subarray(50, -10);
  await end;
  yield bytes.subarray(-10);
}

/** Opens a link and reads until the first bytes have come. */
async function openLink(url: string) {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const reader = response.body!.getReader();
  const first = await reader.read();
  return {
    headers: response.headers,
    first: Buffer.from(first.value ?? []),
    async rest(): Promise<Buffer> {
      const pieces: Uint8Array[] = [];
      for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
        pieces.push(next.value);
      }
      return Buffer.concat(pieces);
    },
  };
}

interface Refusal {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** Every way that a whole picture takes. */
const wholeWays: readonly (readonly [string, (file: ScriptedFile) => Promise<Refusal>])[] = [
  ["a link to png", async (file) => send("GET", await link(file, { output_format: "png" }), null)],
  ["a link to jpeg", async (file) => send("GET", await link(file, { output_format: "jpeg" }), null)],
  [
    "base64",
    async (file) => {
      script({ file });
      return post(generations(), { prompt: "x", response_format: "b64_json" });
    },
  ],
  [
    "base64 of png",
    async (file) => {
      script({ file });
      return post(generations(), { prompt: "x", response_format: "b64_json", output_format: "png" });
    },
  ],
];

/** Ways of bytes that stand in the status itself. */
const inlineWays: readonly (readonly [string, (file: ScriptedFile) => Promise<Refusal>])[] = [
  [
    "a chat, from a data URL",
    async (file) => {
      script({ file, result: "data-url" });
      const messages = [{ role: "user", content: "Draw" }];
      return post(`${stack.url}/v1/chat/completions`, { model: "AkashGen", messages });
    },
  ],
  [
    "an images link, from a data URL",
    async (file) => {
      script({ file, result: "data-url" });
      return post(generations(), { prompt: "x" });
    },
  ],
  [
    "base64, from a data URL",
    async (file) => {
      script({ file, result: "data-url" });
      return post(generations(), { prompt: "x", response_format: "b64_json" });
    },
  ],
];

function expectRefusal(reply: Refusal, code = "upstream_protocol"): void {
  expect(reply.status).toBe(502);
  expect(JSON.parse(reply.text)).toMatchObject({ code: 502, error: { code, message: expect.any(String) } });
  expect(reply.headers["etag"]).toBeUndefined();
}

describe.each(noPictures)("%s", (_, file) => {
  it("is refused by its link, and nobody keeps that", async () => {
    const url = await link(file);
    const reply = await send("GET", url, null);
    expectRefusal(reply);
    expect(reply.headers).toMatchObject({ "cache-control": "no-store" });
    const head = await send("HEAD", url, null);
    expect([head.status, head.headers["cache-control"], head.text]).toEqual([502, "no-store", ""]);
    expect((await send("GET", url, null, { "if-none-match": "*" })).status).toBe(502);
  });

  it.each(wholeWays)("is refused as %s", async (_name, ask) => {
    const reply = await ask(file);
    expectRefusal(reply);
    expect(JSON.parse(reply.text).error.message).toMatch(/Have the picture made again/);
  });

  it.each(inlineWays)("is refused in %s", async (_name, ask) => {
    expectRefusal(await ask(file));
  });

  it("is an error of a stream", async () => {
    script({ file });
    const stream = await openai.images.generate({ prompt: "x", stream: true });
    const reading = (async () => {
      for await (const event of stream) expect(event).toBeUndefined();
    })();
    await expect(reading).rejects.toMatchObject({ code: "upstream_protocol" });
  });
});

describe.each(halves)("%s", (_, file) => {
  it("breaks the connection of its link when the beginning was sent", async () => {
    const end = createGate();
    const url = await link({ ...file, body: inPieces(file.body, end.promise) });
    const reader = await openLink(url);
    end.open();
    await expect(reader.rest()).rejects.toThrow();
  });

  it.each([...wholeWays, ...inlineWays])("is refused as %s", async (_name, ask) => {
    expectRefusal(await ask(file));
  });
});

// So small that they come in one piece.
describe.each([
  ["webp", await dot.clone().webp().toBuffer()],
  ["png", await dot.clone().png().toBuffer()],
  ["jpeg", await dot.clone().jpeg().toBuffer()],
])("half of a small %s", (_, bytes) => {
  it("is refused by its link, since nothing was sent yet", async () => {
    const url = await link({ body: half(bytes) });
    const reply = await send("GET", url, null);
    expectRefusal(reply);
    expect(reply.headers).toMatchObject({ "cache-control": "no-store" });
    const head = await send("HEAD", url, null);
    expect([head.status, head.headers["cache-control"]]).toEqual([502, "no-store"]);
  });
});

describe.each(cuts)("%s", (_, file) => {
  it("is never a whole answer of its link", async () => {
    const end = createGate();
    const url = await link({ ...file, body: inPieces(file.body, end.promise) });
    const reader = await openLink(url);
    end.open();
    await expect(reader.rest()).rejects.toThrow();
  });

  it.each(wholeWays)("is refused as %s", async (_name, ask) => {
    expectRefusal(await ask(file), "upstream_truncated");
  });
});

describe("a good picture", () => {
  it.each([
    ["webp", webp],
    ["png", png],
    ["jpeg", jpeg],
  ])("is passed on while it comes: %s", async (format, bytes) => {
    const end = createGate();
    // Neither what the upstream says of it nor the name, which ends in webp, is its type.
    const url = await link({ body: inPieces(bytes, end.promise), contentType: "text/plain" });
    const reader = await openLink(url);
    expect(reader.headers.get("content-type")).toBe(`image/${format}`);
    expect(reader.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(bytes.subarray(0, reader.first.length).equals(reader.first)).toBe(true);
    end.open();
    expect(Buffer.concat([reader.first, await reader.rest()]).equals(bytes)).toBe(true);
  });

  it("is known by its first bytes though they come one by one", async () => {
    async function* body() {
      for (let at = 0; at < 24; at += 1) yield webp.subarray(at, at + 1);
      yield webp.subarray(24);
    }
    const file = await fetch(await link({ body: body() }));
    expect(file.headers.get("content-type")).toBe("image/webp");
    expect(Buffer.from(await file.arrayBuffer()).equals(webp)).toBe(true);
  });

  it("is as long as a webp says, so that its end can be told without chunks", async () => {
    const url = await link({ body: Buffer.concat([webp, Buffer.from("<script>")]) });
    const head = await send("HEAD", url, null);
    expect(head.headers["content-length"]).toBe(String(webp.length));
    const file = await fetch(url);
    expect(Buffer.from(await file.arrayBuffer()).equals(webp)).toBe(true);
  });

  it.each([
    ["webp", webp, /cache-control: public.*\r\n(?:.*\r\n)*etag:/],
    ["png", png, /cache-control: no-store\r\n(?!(?:.*\r\n)*etag:)/],
  ])("in %s is kept over HTTP/1.0 only if its length is known", async (_, bytes, head) => {
    const { hostname, port, pathname, search } = new URL(await link({ body: bytes }));
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${pathname}${search} HTTP/1.0\r\n\r\n`);
    const pieces: Buffer[] = [];
    socket.on("data", (piece) => pieces.push(piece));
    await once(socket, "end");
    const reply = Buffer.concat(pieces);
    expect(reply.toString("latin1")).toMatch(/^HTTP\/1.1 200 /);
    expect(reply.toString("latin1", 0, reply.indexOf("\r\n\r\n") + 2)).toMatch(head);
    expect(reply.subarray(-bytes.length).equals(bytes)).toBe(true);
  });
});
