import { createOpenAI } from "@ai-sdk/openai";
import { generateImage } from "ai";
import OpenAI from "openai";
import type { ImageGenStreamEvent } from "openai/resources/images";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ScriptedReply } from "../../src/simulator/index.ts";
import { get, post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

let stack: Stack;
let openai: OpenAI;
beforeEach(async () => {
  stack = await startStack();
  openai = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterEach(() => stack.close());

// Within a minute it is a limit that passes; beyond, nobody would be asked any more (budget.test.ts).
const soon = Math.floor(Date.now() / 1000) + 50;
const drawn: ScriptedReply = { image: { prompt: "a boat", statuses: ["succeeded"] } };

/** Ways in which one of several pictures can fail, and what is said of it. */
const failures: readonly (readonly [string, ScriptedReply, object])[] = [
  [
    "whose job fails",
    { image: { prompt: "x", statuses: ["pending", "failed"] } },
    { code: "upstream_unavailable", type: "server_error" },
  ],
  [
    "that is broken",
    { image: { prompt: "x", statuses: ["succeeded"], result: "data-url", file: { body: Buffer.from("<") } } },
    { code: "upstream_protocol", message: expect.stringContaining("Have the picture made again") },
  ],
  [
    "that the usage limit keeps out",
    { error: { kind: "usage", resetAt: soon } },
    { code: "rate_limit_exceeded", type: "rate_limit_error", retry_after: expect.any(Number) },
  ],
  [
    "whose job is not taken",
    { image: { prompt: "x", jobId: "undefined" } },
    { code: "upstream_unavailable", message: expect.stringContaining("did not take the job") },
  ],
];

interface Answer {
  readonly data: readonly { readonly url: string }[];
  readonly missing?: readonly { readonly index: number; readonly error: { readonly retry_after?: number } }[];
}

describe.each(failures)("one of three pictures %s", (_, failure, reason) => {
  beforeEach(() => {
    for (const reply of [drawn, failure, drawn]) stack.simulator.enqueue(reply);
  });

  it("is named beside those that were drawn, whose links work", async () => {
    const reply = await post(`${stack.url}/v1/images/generations`, { prompt: "x", n: 3 });
    expect(reply.status).toBe(200);
    expect(reply.headers["x-images-missing"]).toBe("1");
    const { data, missing } = reply.json() as Answer;
    expect(missing).toEqual([{ index: expect.any(Number), error: expect.objectContaining(reason) }]);
    expect(data).toHaveLength(2);
    for (const { url } of data) expect((await get(url)).headers["content-type"]).toBe("image/webp");
  });

  it("is told to the openai SDK", async () => {
    const asked = openai.images.generate({ prompt: "x", n: 3, response_format: "b64_json" });
    const { data, response } = await asked.withResponse();
    expect(data.data?.map((image) => image.b64_json?.slice(0, 5))).toEqual(["UklGR", "UklGR"]);
    expect(data).toMatchObject({ missing: [{ error: reason }] });
    expect(response.headers.get("x-images-missing")).toBe("1");
  });

  it("is an error at the end of a stream, which the openai SDK throws after it gave the others", async () => {
    const stream = await openai.images.generate({ prompt: "x", n: 3, stream: true });
    const events: ImageGenStreamEvent[] = [];
    const reading = (async () => {
      for await (const event of stream) events.push(event);
    })();
    await expect(reading).rejects.toMatchObject({
      message: expect.stringMatching(/^1 picture is missing: /),
      error: { missing: [{ index: expect.any(Number), error: reason }] },
    });
    expect(events.map(({ type, b64_json }) => [type, b64_json.slice(0, 5)])).toEqual([
      ["image_generation.completed", "UklGR"],
      ["image_generation.completed", "UklGR"],
    ]);
  });

  it("leaves two to the AI SDK", async () => {
    const model = createOpenAI({ baseURL: `${stack.url}/v1`, apiKey: "none" }).imageModel("AkashGen");
    const { images } = await generateImage({ model, prompt: "x", n: 3, maxImagesPerCall: 3 });
    expect(images.map((image) => image.mediaType)).toEqual(["image/webp", "image/webp"]);
  });

  // backend/open_webui/routers/images.py reads `url` or `b64_json` of every entry of `data`, however many.
  it("leaves two to Open WebUI", async () => {
    const body = { model: "AkashGen", prompt: "x", n: 3, size: "512x512", response_format: "b64_json" };
    const reply = await post(`${stack.url}/v1/images/generations`, body);
    const images = reply.json().data as { b64_json: string }[];
    expect(images.map((image) => Object.hasOwn(image, "b64_json"))).toEqual([true, true]);
  });
});

describe("when none of several pictures is drawn", () => {
  it.each([
    ["the usage limit is spent", { error: { kind: "usage", resetAt: soon } }, 429],
    ["all jobs fail", { image: { prompt: "x", statuses: ["failed"] } }, 502],
    ["all are declined", { text: "I only write." }, 422],
  ] satisfies (readonly [string, ScriptedReply, number])[])(
    "since %s, it is an error that says how many were tried, whole and streamed",
    async (_, reply, status) => {
      for (const stream of [false, true]) {
        // A wish that is declined is repeated once.
        for (let number = 0; number < (status === 422 ? 6 : 3); number += 1) stack.simulator.enqueue(reply);
        if (stream && status === 502) {
          const events = await openai.images.generate({ prompt: "x", n: 3, stream });
          const reading = (async () => {
            for await (const event of events) expect(event).toBeUndefined();
          })();
          await expect(reading).rejects.toThrow(/^None of the 3 pictures/);
          continue;
        }
        const answer = await post(`${stack.url}/v1/images/generations`, { prompt: "x", n: 3, stream });
        expect(answer.status).toBe(status);
        expect(answer.json().error.message).toMatch(/^None of the 3 pictures could be drawn; /);
        expect(answer.headers["retry-after"] !== undefined).toBe(status === 429);
        expect(answer.headers["x-images-missing"]).toBeUndefined();
      }
    },
  );

  it("of one alone, its own words are the error", async () => {
    stack.simulator.enqueue({ image: { prompt: "x", statuses: ["failed"] } });
    const answer = await post(`${stack.url}/v1/images/generations`, { prompt: "x" });
    expect([answer.status, answer.json().error.message]).toEqual([502, expect.stringMatching(/^Akash Chat/)]);
  });
});

it("scripts in a browser may read how many are missing", async () => {
  const reply = await get(`${stack.url}/health`, { origin: "https://elsewhere.example" });
  expect(reply.headers["access-control-expose-headers"]).toContain("x-images-missing");
});
