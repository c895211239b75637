/** Text, thinking, limits, pictures, usage and abort over servers with OpenAI's API, as the SDKs see them. */
import { generateText, streamText } from "ai";
import { HumanMessage } from "@langchain/core/messages";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { startCompatibleStack, type CompatibleStack } from "../../support/start-compatible-stack.ts";
import { aiModel, aiModels, anthropic, langchain, model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { upstreamKinds } from "../support/upstream-kinds.ts";
import { comparable, everyWay, messageOf, ways } from "../support/ways.ts";

expectSilence();

const text = "Hello 🙂, “wörld”\n\n```js\nlet a = 1;\n```";
const messages = [{ role: "user" as const, content: "Count." }];
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The text of an answer by each SDK, streamed and whole. */
const readers: Readonly<Record<string, (stack: CompatibleStack) => Promise<string>>> = {
  "openai chat": async (stack) =>
    messageOf(await ways.whole(openai(stack), { model, messages })).content ?? "",
  "openai chat, streamed": async (stack) =>
    messageOf(await ways.streamed(openai(stack), { model, messages })).content ?? "",
  "openai responses": async (stack) =>
    (await openai(stack).responses.create({ model, input: "Count." })).output_text,
  "openai responses, streamed": async (stack) =>
    (await openai(stack).responses.stream({ model, input: "Count." }).finalResponse()).output_text,
  "Anthropic, streamed": (stack) =>
    anthropic(stack).messages.stream({ model, max_tokens: 900, messages }).finalText(),
  LangChain: async (stack) => (await langchain(stack).invoke([new HumanMessage("Count.")])).text,
  async "LangChain, streamed"(stack) {
    let all = "";
    for await (const part of await langchain(stack).stream([new HumanMessage("Count.")])) all += part.text;
    return all;
  },
  ...Object.fromEntries(
    Object.entries({ compatible: aiModel, ...aiModels }).flatMap(([name, create]) => [
      [
        `AI SDK by ${name}`,
        async (stack: CompatibleStack) =>
          (await generateText({ model: create(stack), prompt: "Count.", maxOutputTokens: 900 })).text,
      ],
      [
        `AI SDK by ${name}, streamed`,
        async (stack: CompatibleStack) =>
          streamText({ model: create(stack), prompt: "Count.", maxOutputTokens: 900 }).text,
      ],
    ]),
  ),
};

const servers = Object.entries(upstreamKinds).filter(([, { server }]) => server.tools === undefined);

describe.each(servers)("%s", (_kind, kind) => {
  let stack: CompatibleStack;
  beforeAll(async () => {
    stack = await startCompatibleStack(kind.server);
  });
  afterAll(() => stack.close());
  beforeEach(() => stack.server.clear());

  test.each(Object.entries(readers))("text, with thinking before it: %s", async (_name, read) => {
    kind.say(stack, { reasoning: "Let me see.", text });
    expect(await read(stack)).toBe(text);
  });

  test("an answer is the same in a stream as whole", async () => {
    const usage = { promptTokens: 7, completionTokens: 9 };
    const answers = [];
    for (const way of everyWay) {
      stack.server.enqueue({ kind: "answer", reasoning: "Let me see.", text, usage });
      answers.push(comparable(await ways[way](openai(stack), { model, messages })));
    }
    const [whole, streamed] = answers;
    expect(streamed).toEqual(whole);
    expect(whole).toMatchObject({
      choices: [{ finish_reason: "stop", message: { content: text, reasoning_content: "Let me see." } }],
      usage: { prompt_tokens: 7, completion_tokens: 9 },
    });
  });

  test("thinking is a block of its own for Anthropic's clients, and goes back without harm", async () => {
    kind.say(stack, { reasoning: "Let me see.", text: "42" });
    kind.say(stack, { text: "Because." });
    const body = { model, max_tokens: 4000, thinking: { type: "enabled" as const, budget_tokens: 2000 } };
    const { content } = await anthropic(stack).messages.create({ ...body, messages });
    expect(content.map(({ type }) => type)).toEqual(["thinking", "text"]);
    const history = [...messages, { role: "assistant" as const, content }];
    const why = { role: "user" as const, content: "Why?" };
    const second = await anthropic(stack).messages.create({ ...body, messages: [...history, why] });
    expect(second.content).toMatchObject([{ type: "text", text: "Because." }]);
  });

  test.each(everyWay)("a stop sequence ends it and is no part of it (%s)", async (way) => {
    stack.server.enqueue({ kind: "answer", text: ["1, 2", ", EN", "D and more"] });
    const answer = await ways[way](openai(stack), { model, messages, stop: ["END"] });
    expect(messageOf(answer).content).toBe("1, 2, ");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });

  test.each(everyWay)("a limit that the server keeps ends it as such (%s)", async (way) => {
    const counting = [{ role: "user" as const, content: "Count to 99" }];
    const body = { model, messages: counting, max_tokens: 20, reasoning_effort: "none" as const };
    const answer = await ways[way](openai(stack), body);
    expect(answer.choices[0]?.finish_reason).toBe("length");
  });

  test.each(everyWay)("a picture reaches the model (%s)", async (way) => {
    kind.say(stack, { text: "A red dot." });
    const url = `data:image/png;base64,${png}`;
    const content = [
      { type: "text" as const, text: "What is this?" },
      { type: "image_url" as const, image_url: { url } },
    ];
    const answer = await ways[way](openai(stack), { model, messages: [{ role: "user", content }] });
    expect(messageOf(answer).content).toBe("A red dot.");
    expect(JSON.stringify(stack.server.chats.at(-1)?.body)).toContain(png);
  });

  test("a client that leaves ends the server's work", async () => {
    stack.server.enqueue({ kind: "answer", text: ["one", new Promise(() => {}), "two"] });
    const index = stack.server.chats.length;
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await openai(stack).chat.completions.create({ model, messages, stream: true }, { signal });
    for await (const { choices } of stream) if (choices[0]?.delta.content) controller.abort();
    expect(await (await stack.server.waitForChat(index)).closed).toBe("client-left");
  });
});
