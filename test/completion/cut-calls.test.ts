/** An answer that was cut for its length inside a call says the same, streamed and not. */
import { describe, expect, test } from "vitest";

import { post, readChunks } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const properties = { path: { type: "string" }, content: { type: "string" }, mode: { type: "integer" } };
const parameters = { type: "object", properties, required: ["path", "content"] };
const question = {
  model: "DeepSeek-V3.1",
  messages: [{ role: "user", content: "Write it." }],
};
const tools = [{ type: "function", function: { name: "write_file", parameters } }];
const all =
  'I write.\n<tool_call>\n{"name": "write_file", "arguments": {"mode": 3, "path": "a\\n.txt", "content": "one \\"two\\""}}\n</tool_call>';

async function ask(text: string, stream: boolean, env: Record<string, string>) {
  await using stack = await startStack({ env });
  stack.simulator.enqueue({ text, finishReason: "length" });
  const reply = await post(`${stack.url}/v1/chat/completions`, { ...question, tools, stream });
  if (!stream) {
    const { message, finish_reason } = reply.json().choices[0];
    const call = message.tool_calls?.[0]?.function;
    return {
      content: message.content ?? "",
      call: call && `${call.name} ${call.arguments}`,
      finish: finish_reason as string,
    };
  }
  const chunks = readChunks(reply.text);
  const deltas = chunks.map((chunk) => chunk.choices?.[0]?.delta ?? {});
  const calls = deltas.flatMap((delta) => delta.tool_calls ?? []).map((one) => one.function ?? {});
  const name = calls.map((one) => one.name ?? "").join("");
  return {
    content: deltas.map((delta) => delta.content ?? "").join(""),
    call: name === "" ? undefined : `${name} ${calls.map((one) => one.arguments ?? "").join("")}`,
    finish: chunks
      .map((chunk) => chunk.choices?.[0]?.finish_reason)
      .find((one) => typeof one === "string") as string,
  };
}

describe.each(["stream", "whole"])("TOOL_ARGUMENTS=%s", (mode) => {
  test.each([
    ["in the name", all.indexOf("_file")],
    ["behind the name", all.indexOf("arguments") + 12],
    ["in a number", all.indexOf("3,") + 1],
    ["in the first text", all.indexOf(".txt")],
    ["between two", all.indexOf(', "content"') + 4],
    ["in an escape", all.indexOf('\\"two') + 1],
    ["behind the last text", all.indexOf("}}")],
    ["in the closing tag", all.length - 5],
    ["nowhere", all.length],
  ])("cut %s", async (_, end) => {
    const env = { TOOL_ARGUMENTS: mode };
    const streamed = await ask(all.slice(0, end), true, env);
    expect(await ask(all.slice(0, end), false, env)).toEqual(streamed);
    expect(streamed.finish).toBe("length");
  });

  test("cut in the text of a key that the tool does not name", async () => {
    const env = { TOOL_ARGUMENTS: mode };
    const text = '<tool_call>{"name": "write_file", "arguments": {"path": "a", "why": "it is';
    const streamed = await ask(text, true, env);
    expect(await ask(text, false, env)).toEqual(streamed);
    expect(streamed.call).toBe(mode === "stream" ? 'write_file {"path":"a","why":"it is' : undefined);
  });
});

test("what was read of the call is given", async () => {
  const text = all.slice(0, all.indexOf("two"));
  expect(await ask(text, false, {})).toEqual({
    content: "I write.",
    call: 'write_file {"mode":3,"path":"a\\n.txt","content":"one \\"',
    finish: "length",
  });
});

test("the Messages API gives no arguments that could not be read", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: all.slice(0, all.indexOf("two")), finishReason: "length" });
  const reply = await post(`${stack.url}/v1/messages`, {
    ...question,
    max_tokens: 100,
    tools: [{ name: "write_file", input_schema: parameters }],
  });
  expect(reply.json()).toMatchObject({
    stop_reason: "max_tokens",
    content: [
      { type: "text", text: "I write." },
      { type: "tool_use", name: "write_file", input: {} },
    ],
  });
});
