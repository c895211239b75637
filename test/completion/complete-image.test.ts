import { expect, test } from "vitest";

import { completeImage } from "../../src/completion/complete-image.ts";
import { GatewayError } from "../../src/errors.ts";
import type { ChatEvent } from "../../src/model/events.ts";
import type { ChatRequest, Message } from "../../src/model/request.ts";
import type { ImageEvent, ImageRequest } from "../../src/upstreams/upstream.ts";
import { createRequest } from "../support/create-request.ts";
import { expectLegal, textOf } from "../support/shape.ts";

const events: ImageEvent[] = [
  { type: "accepted", jobId: "job-1", prompt: "a [red]\nfox", negativePrompt: "" },
  { type: "progress", status: "waiting", queuePosition: 2, elapsedMs: 0 },
  { type: "progress", status: "waiting", queuePosition: 2, elapsedMs: 10 },
  { type: "done", image: { kind: "file", name: "fox.webp" } },
];

const say = (role: "user" | "assistant", text: string): Message => ({
  role,
  parts: [{ type: "text", text }],
});

async function draw(extra: Partial<ChatRequest> = {}, failure?: GatewayError) {
  const wishes: ImageRequest[] = [];
  const request = createRequest({ model: "AkashGen", messages: [say("user", "a fox")], ...extra });
  const images = {
    async *generate(wish: ImageRequest) {
      wishes.push(wish);
      if (failure !== undefined) throw failure;
      yield* events;
    },
    publish: (image: { kind: string; name?: string }, baseUrl: string) => `${baseUrl}/${image.name}?sig=x`,
  };
  const context = { signal: new AbortController().signal, baseUrl: "http://gw" };
  const out: ChatEvent[] = [];
  const model = { id: "AkashGen", kind: "image" } as const;
  await completeImage(request, { model, images }, context, (batch) => void out.push(...batch));
  expectLegal(out);
  return { out, wishes };
}

test("a picture is a text block with Markdown and its facts", async () => {
  const { out } = await draw();
  expect(out[1]).toEqual({
    type: "block-start",
    index: 0,
    block: {
      kind: "text",
      image: { jobId: "job-1", prompt: "a [red]\nfox", url: "http://gw/fox.webp?sig=x" },
    },
  });
  expect(textOf(out)).toBe("![a \\[red\\] fox](http://gw/fox.webp?sig=x)");
  expect(out.at(-1)).toMatchObject({ type: "finish", reason: { kind: "stop" }, usage: { estimated: true } });
});

test("progress is told as reasoning only to those who ask for it, each status once", async () => {
  const { out } = await draw({ reasoning: "field" });
  expect(textOf(out, "reasoning")).toBe("Prompt: a [red]\nfox\nThe picture is waiting, 2 before it.\n");
  expect(textOf((await draw()).out, "reasoning")).toBe("");
});

test("the last three turns are sent, earlier pictures by what they showed", async () => {
  const { wishes } = await draw({
    sampling: { temperature: 0.5 },
    messages: [
      { role: "system", parts: [{ type: "text", text: "ignored" }] },
      say("user", "hello"),
      say("user", "a fox"),
      say("assistant", "![a \\[red\\] fox](http://gw/fox.webp?sig=x)"),
      say("user", "now make it blue"),
    ],
  });
  expect(wishes).toEqual([
    {
      model: "AkashGen",
      temperature: 0.5,
      turns: [
        { role: "user", text: "a fox" },
        { role: "assistant", text: "[Image: a \\[red\\] fox]" },
        { role: "user", text: "now make it blue" },
      ],
    },
  ]);
});

test("what the model says in place of a picture is the answer", async () => {
  const failure = new GatewayError("image-declined", "No image.", { answer: "I'd rather talk." });
  const { out } = await draw({ reasoning: "field" }, failure);
  expect(textOf(out)).toBe("I'd rather talk.");
  expect(out.at(-1)).toMatchObject({ type: "finish", reason: { kind: "stop" }, usage: { estimated: true } });
});

test("neither picture nor text is an error", async () => {
  const declined = new GatewayError("image-declined", "It was no wish of an image.");
  await expect(draw({}, declined)).rejects.toBe(declined);
});

test("nothing to draw is refused", async () => {
  await expect(draw({ messages: [say("user", " ")] })).rejects.toMatchObject({ kind: "invalid-request" });
});

// In quadratic time this would take hours.
test("a text of nothing but beginnings of pictures is read in linear time", async () => {
  const text = "\\![".repeat(300_000);
  const { wishes } = await draw({ messages: [say("user", text)] });
  expect(wishes[0]?.turns).toEqual([{ role: "user", text }]);
});
