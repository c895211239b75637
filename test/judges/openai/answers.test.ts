/** Answers in text as the `openai` SDK sees them: streamed and whole are the same. */
import type OpenAI from "openai";
import { APIUserAbortError, BadRequestError } from "openai";
import { describe, expect, test } from "vitest";

import { startStack } from "../../support/start-stack.ts";
import { model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { comparable, everyWay, messageOf, ways } from "../support/ways.ts";

expectSilence();

const thinker = "DeepSeek-V3.2";
const messages = [{ role: "user" as const, content: "Count." }];
const usage = { promptTokens: 7, completionTokens: 9 };

const compare = (a: string | null, b: string | null): number => (a ?? "").localeCompare(b ?? "");

describe("an answer", () => {
  test.each([
    ["plain text", { text: "Hello 🙂, “wörld”\n\n```js\nlet a = 1;\n```" }, {}],
    ["nothing", { text: "" }, {}],
    ["text with look-alike markup", { text: "Use <b>, <tool>, { a: 1 } and </think-not>." }, {}],
    ["thoughts and text", { reasoning: "hm, 1, 2", text: "1, 2" }, { model: thinker }],
    ["a stop sequence in the middle", { text: "1, 2, 3, 4" }, { stop: ", 3" }],
    ["one of four stop sequences", { text: "1, 2, 3, 4" }, { stop: ["x", "y", "3", "4"] }],
    ["more than max_tokens", { text: "one two three four five six seven eight" }, { max_tokens: 3 }],
    ["more than max_completion_tokens", { text: "one two three four" }, { max_completion_tokens: 2 }],
    ["what the back end cut", { text: "one two", finishReason: "length" }, {}],
  ])("of %s is the same in a stream as whole", async (_what, reply, fields) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ ...reply, usage });
    stack.simulator.enqueue({ ...reply, usage });
    const body = { model, messages, ...fields };
    const whole = await ways.whole(openai(stack), body);
    const streamed = await ways.streamed(openai(stack), body);
    expect(comparable(streamed)).toEqual(comparable(whole));
  });

  test.each(everyWay)("ends at a stop sequence, which is not part of it (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["1, 2", ", EN", "D and more"] });
    const answer = await ways[way](openai(stack), { model, messages, stop: ["END"] });
    expect(messageOf(answer).content).toBe("1, 2, ");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });

  test.each(everyWay)("is cut at max_tokens with the reason length (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "one two three four five six seven eight nine ten" });
    const answer = await ways[way](openai(stack), { model, messages, max_tokens: 4 });
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(messageOf(answer).content).toBe("one two three four");
    expect(answer.usage?.completion_tokens).toBe(4);
  });

  test.each(everyWay)("may be nothing but thoughts, cut by the limit (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "I think and think and think and think", text: "." });
    const answer = await ways[way](openai(stack), { model: thinker, messages, max_tokens: 3 });
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(messageOf(answer)).toMatchObject({ reasoning_content: expect.stringContaining("I think") });
    expect(messageOf(answer).content ?? "").toBe("");
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(3);
  });
});

describe("thoughts", () => {
  const reply = { reasoning: "let me think", text: "42", usage };

  test.each(everyWay)("are in reasoning_content (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue(reply);
    const answer = await ways[way](openai(stack), { model: thinker, messages });
    expect(messageOf(answer)).toMatchObject({ content: "42", reasoning_content: "let me think" });
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(3);
  });

  test.each(everyWay)("stay in the text with REASONING=inline (%s)", async (way) => {
    await using stack = await startStack({ env: { REASONING: "inline" } });
    stack.simulator.enqueue(reply);
    const message = messageOf(await ways[way](openai(stack), { model: thinker, messages }));
    expect(message.content).toMatch(/^<think>\s*let me think\s*<\/think>\s*42$/);
    expect(message).not.toHaveProperty("reasoning_content");
  });

  test.each(everyWay)("are left out with REASONING=drop (%s)", async (way) => {
    await using stack = await startStack({ env: { REASONING: "drop" } });
    stack.simulator.enqueue(reply);
    const message = messageOf(await ways[way](openai(stack), { model: thinker, messages }));
    expect(message.content).toBe("42");
    expect(message).not.toHaveProperty("reasoning_content");
  });
});

describe("several answers to one request", () => {
  test("come together, whole", async () => {
    await using stack = await startStack();
    for (const text of ["A", "B", "C"]) stack.simulator.enqueue({ text, usage });
    const { choices, usage: total } = await openai(stack).chat.completions.create({ model, messages, n: 3 });
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(choices.map(({ message }) => message.content).sort(compare)).toEqual(["A", "B", "C"]);
    expect(total).toMatchObject({ prompt_tokens: 7, completion_tokens: 27 });
  });

  test("come together in a stream", async () => {
    await using stack = await startStack();
    for (const text of ["A", "B", "C"]) stack.simulator.enqueue({ text, usage });
    const { choices, usage: total } = await openai(stack)
      .chat.completions.stream({ model, messages, n: 3, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(choices.map(({ finish_reason }) => finish_reason)).toEqual(["stop", "stop", "stop"]);
    expect(choices.map(({ message }) => message.content).sort(compare)).toEqual(["A", "B", "C"]);
    expect(total).toMatchObject({ prompt_tokens: 7, completion_tokens: 27 });
  });
});

describe("usage", () => {
  test("comes last in a stream, without choices, and only when asked for", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hi", usage });
    stack.simulator.enqueue({ text: "Hi", usage });
    const { completions } = openai(stack).chat;
    const asked: OpenAI.ChatCompletionChunk[] = [];
    const stream_options = { include_usage: true };
    for await (const chunk of await completions.create({ model, messages, stream: true, stream_options })) {
      asked.push(chunk);
    }
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 9 } });
    expect(asked.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);

    const unasked: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await completions.create({ model, messages, stream: true }))
      unasked.push(chunk);
    expect(unasked.every((chunk) => chunk.usage === undefined && chunk.choices.length === 1)).toBe(true);
  });

  test("that Akash Chat does not tell is counted, and marked", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hello there", usage: null });
    const { data, response } = await openai(stack)
      .chat.completions.create({ model, messages })
      .withResponse();
    expect(data.usage?.completion_tokens).toBe(2);
    expect(response.headers.get("x-usage-estimated")).toBe("true");
  });
});

describe("pictures", () => {
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const seeing = [
    {
      role: "user" as const,
      content: [
        { type: "text" as const, text: "What is this?" },
        { type: "image_url" as const, image_url: { url: `data:image/png;base64,${png}` } },
      ],
    },
  ];

  test.each(everyWay)("are shown to models that can see (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "A red dot." });
    const id = "meta-llama-Llama-4-Maverick-17B-128E-Instruct-FP8";
    const answer = await ways[way](openai(stack), { model: id, messages: seeing });
    expect(messageOf(answer).content).toBe("A red dot.");
    expect(JSON.stringify(stack.simulator.chats[0]?.body)).toContain(png);
  });

  test.each(everyWay)("are refused by name of the models that can (%s)", async (way) => {
    await using stack = await startStack();
    const answer = ways[way](openai(stack), { model, messages: seeing });
    await expect(answer).rejects.toThrow(BadRequestError);
    await expect(answer).rejects.toThrow(/Llama-4-Maverick/);
    expect(stack.simulator.chats).toHaveLength(0);
  });

  test.each(everyWay)("are drawn by AkashGen, as a link that can be fetched (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ image: { prompt: "a red dot [big]" } });
    const answer = await ways[way](openai(stack), {
      model: "AkashGen",
      messages: [{ role: "user", content: "Draw a red dot" }],
    });
    const link = /^!\[a red dot \\\[big\\\]\]\((http:\S+)\)$/.exec(messageOf(answer).content ?? "")?.[1];
    const picture = await fetch(link ?? "");
    expect(picture.status).toBe(200);
    expect(picture.headers.get("content-type")).toMatch(/^image\//);
    expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(100);
  });
});

describe("what Akash Chat can't do", () => {
  test.each([
    ["logprobs", { logprobs: true }],
    ["audio", { modalities: ["text" as const, "audio" as const] }],
  ])("is refused: %s", async (_what, fields) => {
    await using stack = await startStack();
    const answer = openai(stack).chat.completions.create({ model, messages, ...fields });
    await expect(answer).rejects.toThrow(BadRequestError);
    expect(stack.simulator.chats).toHaveLength(0);
  });

  test("and has no effect is named in a header", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hi" });
    const { response } = await openai(stack)
      .chat.completions.create({ model, messages, seed: 4, logit_bias: { "5": 1 }, user: "me" })
      .withResponse();
    const ignored = response.headers.get("x-ignored-parameters")?.split(/,\s*/) ?? [];
    expect(ignored.sort(compare)).toEqual(["logit_bias", "seed", "user"]);
  });
});

describe("a request that is left", () => {
  test("ends the upstream's, in a stream and whole", async () => {
    await using stack = await startStack();
    const never = new Promise<void>(() => {});
    stack.simulator.enqueue({ text: ["one", "two"], gate: never, gateAfter: 1 });
    stack.simulator.enqueue({ text: ["one", "two"], gate: never, gateAfter: 1 });
    const { completions } = openai(stack).chat;

    const stream = completions.stream({ model, messages });
    stream.once("content", () => stream.abort());
    await expect(stream.done()).rejects.toThrow(APIUserAbortError);
    expect(await (await stack.simulator.waitForChat(0)).closed).toBe("client-left");

    const controller = new AbortController();
    const whole = completions.create({ model, messages }, { signal: controller.signal });
    const refused = expect(whole).rejects.toThrow(APIUserAbortError);
    const chat = await stack.simulator.waitForChat(1);
    controller.abort();
    await refused;
    expect(await chat.closed).toBe("client-left");
  });
});
