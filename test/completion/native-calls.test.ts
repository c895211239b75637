/** A back end that calls a tool in its own way, of which only the name arrives: asked once more, as text. */
import { describe, expect, test } from "vitest";

import type { ScriptedReply } from "../../src/simulator/types.ts";
import { readCapture } from "../upstreams/akash-chat/support/captures.ts";
import { post, readChunks, type AnyJson } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const names = ["get_weather", "get_time"];
const tools = names.map((name) => ({ type: "function", function: { name, parameters } }));
const question = { model: "DeepSeek-V3.1", messages: [{ role: "user", content: "Weather in Rome?" }] };

/** What the application's SDK writes when a back end calls a tool that nobody offered to it. */
function callNatively(name: string, text: readonly string[] = []): ScriptedReply {
  const message = `Model tried to call unavailable tool '${name}'. No tools are available.`;
  return {
    text,
    finishReason: "tool-calls",
    usage: { promptTokens: 100, completionTokens: 9 },
    error: { kind: "mid", afterDeltas: text.length, message },
  };
}

const writtenCall = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';
const usage = { promptTokens: 200, completionTokens: 20 };

async function ask(
  replies: readonly ScriptedReply[],
  body: Record<string, unknown> = { tools },
  env: Record<string, string> = {},
) {
  await using stack = await startStack({ env });
  for (const reply of replies) stack.simulator.enqueue(reply);
  const reply = await post(`${stack.url}/v1/chat/completions`, { ...question, ...body });
  const { chats } = stack.simulator;
  return {
    reply,
    asked: chats.length,
    messages: (turn: number): AnyJson => {
      const body: AnyJson = chats[turn]?.body;
      return body.messages;
    },
  };
}

describe("a native call of an offered tool", () => {
  test("is asked for as text, in the form that the model was taught", async () => {
    const { reply, asked, messages } = await ask([callNatively("get_weather"), { text: writtenCall, usage }]);
    expect(reply.json().choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { tool_calls: [{ function: { name: "get_weather", arguments: '{"city":"Rome"}' } }] },
    });
    expect(asked).toBe(2);
    // An empty turn of the assistant is refused by some back ends.
    expect(messages(1)).toEqual([
      {
        role: "user",
        content:
          "Weather in Rome?\n\nYour call of get_weather did not arrive: only text does here, so a call must be written as text.\n" +
          "Write the call now, in exactly this form and with no other text:\n" +
          '<tool_call>\n{"name": "get_weather", "arguments": {"KEY": VALUE}}\n</tool_call>',
      },
    ]);
  });

  test("as the application itself words it", async () => {
    const recorded = readCapture("2025-07/125-chat-hallucinated-tool").body;
    const { reply, asked } = await ask([{ raw: recorded }, { text: writtenCall }]);
    expect(reply.json().choices[0].finish_reason).toBe("tool_calls");
    expect(asked).toBe(2);
  });

  test.each(["functions.get_weather", "Get-Weather", "get_weather "])(
    "%j is that tool, too",
    async (name) => {
      const { reply, asked } = await ask([callNatively(name), { text: writtenCall }]);
      expect(reply.json().choices[0].finish_reason).toBe("tool_calls");
      expect(asked).toBe(2);
    },
  );

  test("whose name is not even told is asked for as well", async () => {
    const { reply, messages } = await ask([{ text: [], finishReason: "tool-calls" }, { text: writtenCall }]);
    expect(reply.json().choices[0].finish_reason).toBe("tool_calls");
    expect(messages(1).at(-1).content).toContain("Your call did not arrive");
    expect(messages(1).at(-1).content).toContain('{"name": "TOOL"');
  });

  test("of another tool than the one that tool_choice demands", async () => {
    const tool_choice = { type: "function", function: { name: "get_time" } };
    const written = writtenCall.replace("get_weather", "get_time");
    const { reply, messages } = await ask([callNatively("get_weather"), { text: written }], {
      tools,
      tool_choice,
    });
    expect(reply.json().choices[0].message.tool_calls[0].function.name).toBe("get_time");
    expect(messages(1).at(-1).content).toContain(
      "You called get_weather, but this answer must call get_time.",
    );
  });

  test("after text: a stream does not say the text twice, and the usage is that of both turns", async () => {
    const said = ["Let me ", "look."];
    const { reply, messages } = await ask(
      [callNatively("get_weather", said), { text: ["Let me look. ", writtenCall], usage }],
      { tools, stream: true, stream_options: { include_usage: true } },
    );
    const chunks = readChunks(reply.text);
    const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice: AnyJson) => choice.delta));
    expect(deltas.map((delta: AnyJson) => delta.content ?? "").join("")).toBe("Let me look.");
    const calls = deltas.flatMap((delta: AnyJson) => delta.tool_calls ?? []);
    expect(calls[0].function.name).toBe("get_weather");
    expect(calls.map((call: AnyJson) => call.function.arguments).join("")).toBe('{"city":"Rome"}');
    expect(messages(1).slice(-2)).toMatchObject([
      { role: "assistant", content: "Let me look." },
      { role: "user", content: expect.stringContaining("Your call of get_weather did not arrive") },
    ]);
    const total = chunks.findLast((chunk) => chunk.usage !== null && chunk.usage !== undefined).usage;
    expect(total.prompt_tokens).toBeGreaterThan(200);
    expect(total.completion_tokens).toBeGreaterThan(20);
  });

  test("after text, when the second answer is text: both, a line apart", async () => {
    const { reply } = await ask([callNatively("get_weather", ["Let me look."]), { text: "It rains." }]);
    expect(reply.json().choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "Let me look.\n\nIt rains." },
    });
  });

  test("is answered in the Messages API as well", async () => {
    await using stack = await startStack();
    for (const reply of [callNatively("get_weather"), { text: writtenCall }]) stack.simulator.enqueue(reply);
    const reply = await post(`${stack.url}/v1/messages`, {
      ...question,
      max_tokens: 500,
      tools: names.map((name) => ({ name, input_schema: parameters })),
    });
    expect(reply.json()).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "tool_use", name: "get_weather", input: { city: "Rome" } }],
    });
  });
});

describe("a native call that is not asked for again", () => {
  const unusable = { type: "server_error", code: "output_invalid" };

  test.each([
    [
      "when the turns are used up",
      [callNatively("get_weather"), callNatively("get_weather")],
      { tools },
      {},
      2,
    ],
    ["when there are no turns", [callNatively("get_weather")], { tools }, { REPAIR_TURNS: "0" }, 1],
    ["of a tool that is not offered", [callNatively("browser.search")], { tools }, {}, 1],
    ["when nothing is offered", [callNatively("get_weather")], {}, {}, 1],
    ["when tool_choice is none", [callNatively("get_weather")], { tools, tool_choice: "none" }, {}, 1],
  ])("%s", async (_name, replies, body, env, asked) => {
    const result = await ask(replies, body, env);
    expect(result.reply.status).toBe(502);
    expect(result.reply.json().error).toMatchObject(unusable);
    expect(result.reply.json().error.message).toMatch(/^The model called the tool "[\w.]+" in a form that/);
    expect(result.reply.headers["x-should-retry"]).toBe("false");
    expect(result.asked).toBe(asked);
  });

  test("after a call that the client has seen", async () => {
    const { reply, asked } = await ask([callNatively("get_time", [writtenCall])], { tools, stream: true });
    expect(reply.text).toContain('"name":"get_weather"');
    expect(reply.text).toContain("output_invalid");
    expect(reply.text).not.toContain("[DONE]");
    expect(asked).toBe(1);
  });

  test("after text without tools: the text, then the error", async () => {
    const { reply } = await ask([callNatively("get_weather", ["Let me look."])], { stream: true });
    expect(reply.text).toMatch(/Let me look\.[\s\S]*output_invalid/);
    expect(reply.text).not.toContain("[DONE]");
  });
});
