/** `context_management` of the Responses API over real sockets, judged by the official SDK. */
import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import type { ChatBody } from "../../src/simulator/index.ts";
import { checkEvents } from "../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const notes = "GOAL: mend sum.js. DONE: read it.";
const context_management = [{ type: "compaction", compact_threshold: 1500 }];
const tools: OpenAI.Responses.FunctionTool[] = [
  { type: "function", name: "read_file", parameters: { type: "object" }, strict: false },
];
type Item = OpenAI.Responses.ResponseInputItem;
const says = (role: "user" | "assistant", content: string): Item => ({ type: "message", role, content });
/** Some 1,000 tokens. */
const words = (word: string) => `${word} text `.repeat(500);

function step(id: string): Item[] {
  return [
    { type: "function_call", call_id: id, name: "read_file", arguments: `{"path":"${id}.js"}` },
    { type: "function_call_output", call_id: id, output: words(id) },
  ];
}

const clientOf = ({ url }: Stack) => new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });

/** What the model read, request by request. */
function prompts({ simulator }: Stack): string[] {
  return simulator.chats.map(({ body }) => {
    const { system = "", messages } = body as ChatBody;
    return [system, ...messages.map(({ content }) => content)].join("\n");
  });
}

function answer({ simulator }: Stack, ...texts: readonly string[]): void {
  for (const text of texts) simulator.enqueue({ text, usage: { promptTokens: 100, completionTokens: 10 } });
}

const long = [says("user", "Mend sum.js."), ...step("a"), ...step("b")];

describe.each([false, true])("streaming: %s", (stream) => {
  async function ask(stack: Stack, input: Item[], more: object = {}): Promise<OpenAI.Responses.Response> {
    const body = { model, input, tools, instructions: "Be brief.", context_management, ...more };
    const { responses } = clientOf(stack);
    return stream ? responses.stream(body).finalResponse() : responses.create(body);
  }

  test("a conversation beyond the threshold is compacted in the middle of a tool loop, and goes on", async () => {
    await using stack = await startStack();
    answer(stack, notes, "Now I write.");
    const { output, status, usage } = await ask(stack, long);
    expect(status).toBe("completed");
    expect(output.map(({ type }) => type)).toEqual(["compaction", "message"]);
    expect(JSON.stringify(output)).not.toContain("GOAL");
    expect(usage).toMatchObject({ input_tokens: 200, output_tokens: 20 });
    const [summary = "", ...others] = prompts(stack);
    expect(summary).toMatch(/a text [^]*b text [^]*Write the notes/);
    expect(others).toHaveLength(1);
    expect(others[0]).toContain("Be brief.");
    expect(others[0]).toContain("read_file");
    expect(others[0]).toMatch(/Mend sum\.js\.[^]*GOAL: mend/);
    expect(others[0]).not.toMatch(/[ab] text/);
  });

  test("the item goes on in the next turn, though the client drops nothing, and again when that has grown", async () => {
    await using stack = await startStack();
    answer(stack, notes, "Now I write.", "Done.", "STATE: more.", "Yes.");
    const { output } = await ask(stack, long);
    const second = [...long, ...(output as Item[]), says("user", "And now?")];
    const next = await ask(stack, second);
    expect(next.output.map(({ type }) => type)).toEqual(["message"]);
    const third = prompts(stack)[2] ?? "";
    expect(third).toMatch(/Mend sum\.js\.[^]*GOAL: mend[^]*Now I write\.[^]*And now\?/);
    expect(third).not.toMatch(/[ab] text/);
    const grown = [
      ...second,
      ...(next.output as Item[]),
      ...step("c"),
      ...step("d"),
      says("user", "Really?"),
    ];
    expect((await ask(stack, grown)).output.map(({ type }) => type)).toEqual(["compaction", "message"]);
    const [summary = "", last = ""] = prompts(stack).slice(3);
    expect(summary).toMatch(/GOAL: mend[^]*c text/);
    expect(summary).not.toContain("Really?");
    expect(last).toMatch(/And now\?[^]*STATE: more\.[^]*Really\?/);
    expect(last).not.toMatch(/GOAL: mend|[abcd] text/);
  });

  test("a chain of previous responses goes on from it", async () => {
    await using stack = await startStack();
    answer(stack, notes, "Now I write.", "Done.");
    const { id } = await ask(stack, long);
    await ask(stack, [says("user", "And now?")], { previous_response_id: id });
    expect(prompts(stack)[2]).toMatch(/Mend sum\.js\.[^]*GOAL: mend[^]*Now I write\.[^]*And now\?/);
    expect(prompts(stack)[2]).not.toMatch(/[ab] text/);
  });

  test.each<[string, Item[], object]>([
    ["below the threshold", [says("user", "Hi"), ...step("a")], {}],
    ["without a wish", long, { context_management: null }],
    ["with nothing to compact", [says("user", words("u")), says("user", words("v"))], {}],
    [
      "where the model holds far more and no threshold is named",
      long,
      { context_management: [{ type: "compaction" }] },
    ],
  ])("nothing is compacted %s", async (_, input, more) => {
    await using stack = await startStack();
    answer(stack, "Hello.");
    expect((await ask(stack, input, more)).output.map(({ type }) => type)).toEqual(["message"]);
    expect(prompts(stack)).toHaveLength(1);
  });

  test("not every turn is compacted where instructions alone exceed the threshold", async () => {
    await using stack = await startStack();
    answer(stack, notes, "Now I write.", "Done.");
    const more = { instructions: words("i").repeat(2) };
    const { output } = await ask(stack, long, more);
    const next = await ask(stack, [...long, ...(output as Item[]), says("user", "And now?")], more);
    expect(next.output.map(({ type }) => type)).toEqual(["message"]);
  });

  test("a summary that fails is the failure of the response", async () => {
    await using stack = await startStack();
    answer(stack, " ");
    await expect(ask(stack, long)).rejects.toThrow(/wrote no summary/);
  });

  test.each([
    [[{ type: "clear" }], "context_management[0].type", /"compaction"/],
    [[{ type: "compaction", compact_threshold: 0 }], "context_management[0].compact_threshold", /1/],
    [{ type: "compaction" }, "context_management", /array/],
    [[...context_management, ...context_management], "context_management", /one entry/],
  ])("%j is refused by the name of its field", async (wrong, param, says_) => {
    await using stack = await startStack();
    const body = { model, input: "Hi", stream, context_management: wrong };
    const reply = await post(`${stack.url}/v1/responses`, body);
    expect(reply.status).toBe(400);
    expect(reply.json().error).toMatchObject({ param, message: expect.stringMatching(says_) });
  });
});

test("the stream announces the item first, as one that is complete", async () => {
  await using stack = await startStack();
  answer(stack, notes, "Now I write.");
  const body = { model, input: long, tools, context_management, stream: true };
  const events = parseFrames((await post(`${stack.url}/v1/responses`, body)).text);
  checkEvents(events);
  expect(events.map(({ type }) => type).slice(0, 5)).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.output_item.done",
    "response.output_item.added",
  ]);
  expect(events[3]).toMatchObject({
    output_index: 0,
    item: { type: "compaction", id: expect.stringMatching(/^cmp_/) },
  });
});

test("it works in the background", async () => {
  await using stack = await startStack();
  answer(stack, notes, "Now I write.");
  const { responses } = clientOf(stack);
  const { id } = await responses.create({ model, input: long, tools, context_management, background: true });
  await expect.poll(async () => (await responses.retrieve(id)).status).toBe("completed");
  expect((await responses.retrieve(id)).output.map(({ type }) => type)).toEqual(["compaction", "message"]);
});

test("chunks, which have no place for the item, name the wish as ignored", async () => {
  await using stack = await startStack();
  const body = {
    model,
    input: long,
    tools,
    context_management,
    stream: true,
    stream_options: { include_usage: true },
  };
  const reply = await post(`${stack.url}/v1/chat/completions`, body);
  expect(reply.headers["x-ignored-parameters"]).toContain("context_management");
  expect(prompts(stack)).toHaveLength(1);
});

test("truncation auto lets the one long turn of an agent go on", async () => {
  const models = [{ id: model, tokenLimit: 4000 }];
  await using stack = await startStack({ simulator: { models } });
  const input = [says("user", "Mend sum.js."), ...["a", "b", "c", "d"].flatMap(step)];
  const refused = await post(`${stack.url}/v1/responses`, { model, input, tools });
  expect([refused.status, refused.json().error.code]).toEqual([400, "context_length_exceeded"]);
  const reply = await post(`${stack.url}/v1/responses`, { model, input, tools, truncation: "auto" });
  expect(reply.status).toBe(200);
  const [prompt = ""] = prompts(stack);
  expect(prompt).toMatch(/Mend sum\.js\.[^]*d text/);
  expect(prompt).not.toContain("a text");
  // A count is of what would be sent.
  const count = { model, input, tools, truncation: "auto" };
  const { input_tokens: tokens } = (await post(`${stack.url}/v1/responses/input_tokens`, count)).json();
  expect(tokens).toBeLessThan(4000);
});

describe("a short answer, for which less is kept than Akash Chat keeps", () => {
  // Some 4,600 tokens, in a context of 5,000 of which Akash Chat keeps 1,000.
  const models = [{ id: model, tokenLimit: 5000 }];
  const input = [says("user", "Mend sum.js."), ...["a", "b", "c", "d"].flatMap(step)];

  test("is given with truncation auto", async () => {
    await using stack = await startStack({ simulator: { models } });
    const body = { model, input, tools, truncation: "auto", max_output_tokens: 100 };
    expect((await post(`${stack.url}/v1/responses`, body)).status).toBe(200);
    expect(prompts(stack)[0]).not.toContain("a text");
    expect(prompts(stack)[0]).toContain("b text");
  });

  test("may be that to a wish to compact", async () => {
    await using stack = await startStack({ simulator: { models } });
    answer(stack, notes);
    const asked = [...input, { type: "compaction_trigger" }];
    const reply = await post(`${stack.url}/v1/responses`, { model, input: asked, max_output_tokens: 100 });
    expect([reply.status, reply.json().output?.[0].type]).toEqual([200, "compaction"]);
  });

  test("a threshold that no context reaches is that of the context", async () => {
    await using stack = await startStack({ simulator: { models } });
    answer(stack, notes, "Now I write.");
    const beyond = [{ type: "compaction", compact_threshold: 200_000 }];
    const body = { model, input, tools, context_management: beyond };
    const reply = await post(`${stack.url}/v1/responses`, body);
    expect([reply.status, reply.json().output?.map(({ type }: Item) => type)]).toEqual([
      200,
      ["compaction", "message"],
    ]);
  });
});

describe("Chinese, of which Akash Chat counts more tokens than gpt-oss does", () => {
  const id = "openai-gpt-oss-120b";
  const models = [{ id, tokenLimit: 8000 }];
  const text = "读取文件的内容并返回结果，如果文件不存在则报告错误信息。".repeat(40);
  const input = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"].flatMap((number) => [
    says("user", number + text),
    says("assistant", "好。"),
  ]);

  test("fits with truncation auto", async () => {
    await using stack = await startStack({ simulator: { models } });
    const last = [...input, says("user", "继续。")];
    const body = { model: id, input: last, truncation: "auto" };
    expect((await post(`${stack.url}/v1/responses`, body)).status).toBe(200);
    expect(prompts(stack)[0]).not.toContain("一读");
    expect(prompts(stack)[0]).toContain("三读");
  });

  test("is compacted when the context is full, whatever the threshold is", async () => {
    await using stack = await startStack({ simulator: { models } });
    const short = [...input.slice(0, 1), ...["a", "b", "c", "d"].flatMap(step), ...input.slice(13)];
    answer(stack, notes, "好。");
    const body = {
      model: id,
      input: short,
      tools,
      context_management: [{ type: "compaction", compact_threshold: 7000 }],
    };
    const reply = await post(`${stack.url}/v1/responses`, body);
    expect([reply.status, reply.json().output?.[0].type]).toEqual([200, "compaction"]);
  });
});
