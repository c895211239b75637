/** Answers of requests with tools that would end in silence: agents take them for "done". */
import { expect, describe, test } from "vitest";

import { post, readChunks } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];
const question = { model: "DeepSeek-V3.1", messages: [{ role: "user", content: "Weather in Rome?" }], tools };

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';
const lost = "I look.\n[[get_weather:Rome]]\nget_weather => (city Rome)\n<|tool|>get_weather<|args|>Rome";

interface Given {
  readonly content: string;
  readonly reasoning: string;
  readonly calls: readonly string[];
  readonly finish: string | undefined;
  readonly error: string | undefined;
}

async function ask(
  texts: readonly string[],
  stream: boolean,
  body: object = {},
  env: Record<string, string> = {},
) {
  await using stack = await startStack({ env });
  for (const text of texts) stack.simulator.enqueue({ text });
  const reply = await post(`${stack.url}/v1/chat/completions`, { ...question, ...body, stream });
  const asked = stack.simulator.chats.length;
  const prompt = JSON.stringify(stack.simulator.chats.at(-1)?.body);
  if (!stream) {
    const { choices, error } = reply.json();
    const message = choices?.[0]?.message;
    return {
      status: reply.status,
      asked,
      prompt,
      given: {
        content: message?.content ?? "",
        reasoning: message?.reasoning_content ?? "",
        calls: (message?.tool_calls ?? []).map(
          (one: { function: { arguments: string } }) => one.function.arguments,
        ),
        finish: choices?.[0]?.finish_reason,
        error: error?.code,
      } as Given,
    };
  }
  const chunks = reply.status === 200 ? readChunks(reply.text) : [];
  const deltas = chunks.map((chunk) => chunk.choices?.[0]?.delta ?? {});
  const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
  const given: Given = {
    content: deltas.map((delta) => delta.content ?? "").join(""),
    reasoning: deltas.map((delta) => delta.reasoning_content ?? "").join(""),
    calls: calls.length === 0 ? [] : [calls.map((one) => one.function?.arguments ?? "").join("")],
    finish: chunks
      .map((chunk) => chunk.choices?.[0]?.finish_reason)
      .find((reason) => typeof reason === "string"),
    error: reply.status === 200 ? undefined : reply.json().error.code,
  };
  return { status: reply.status, asked, prompt, given };
}

describe.each([false, true])("streamed: %s", (stream) => {
  test.each([
    ["an empty answer", ""],
    ["blanks", " \n\n"],
    ["signs without width", "\u200b\n\u2060"],
    ["thinking alone", "<think>\nI look.\n</think>\n\n"],
  ])("%s is asked for again", async (_, text) => {
    const { asked, prompt, given } = await ask([text, call], stream);
    expect(asked).toBe(2);
    expect(prompt).toContain("Your answer is empty: it has neither text nor a tool call.");
    expect(given).toMatchObject({ content: "", calls: ['{"city":"Rome"}'], finish: "tool_calls" });
  });

  test("an answer in words does after an empty one", async () => {
    const { asked, given } = await ask(["", "It is sunny."], stream);
    expect(asked).toBe(2);
    expect(given).toMatchObject({ content: "It is sunny.", calls: [], finish: "stop" });
  });

  test("nothing at last is an error", async () => {
    const { status, asked, given } = await ask(["", ""], stream);
    expect({ status, asked, error: given.error }).toEqual({ status: 502, asked: 2, error: "output_invalid" });
  });

  test("no more turns are spent than allowed", async () => {
    const { status, asked } = await ask([""], stream, {}, { REPAIR_TURNS: "0" });
    expect({ status, asked }).toEqual({ status: 502, asked: 1 });
  });

  test("without tools an empty answer is one", async () => {
    const { status, asked, given } = await ask([""], stream, { tools: undefined });
    expect({ status, asked, finish: given.finish }).toEqual({ status: 200, asked: 1, finish: "stop" });
  });

  test("a call that nobody reads is asked for again, and follows the text", async () => {
    const { asked, prompt, given } = await ask([lost, `Once more:\n${call}`], stream);
    expect(asked).toBe(2);
    expect(prompt).toContain(
      "Your answer names the tool get_weather as in a call, but no call could be read in it.",
    );
    expect(given).toMatchObject({ content: lost, calls: ['{"city":"Rome"}'], finish: "tool_calls" });
  });

  test.each([
    ["words", "I meant to explain it, nothing more."],
    ["the same", lost],
    ["nothing", ""],
  ])("if %s follow, the text stands, once", async (_, second) => {
    const { asked, given } = await ask([lost, second], stream);
    expect(asked).toBe(2);
    expect(given).toEqual({ content: lost, reasoning: "", calls: [], finish: "stop", error: undefined });
  });

  test("a text that mentions a tool costs no turn", async () => {
    const text = 'Use get_weather(city) for that: `get_weather(city="Rome")`.';
    const { asked, given } = await ask([text], stream);
    expect(asked).toBe(1);
    expect(given).toMatchObject({ content: text, finish: "stop" });
  });

  test("an answer that was cut is not asked for again", async () => {
    const { asked, given } = await ask([`<think>\n${"I look. ".repeat(20)}`], stream, { max_tokens: 5 });
    expect(asked).toBe(1);
    expect(given).toMatchObject({ content: "", calls: [], finish: "length" });
  });
});
