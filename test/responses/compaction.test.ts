import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { createBlockWriter } from "../../src/model/block-writer.ts";
import type { EventBatch, FinishReason } from "../../src/model/events.ts";
import type { ChatRequest, Message } from "../../src/model/request.ts";
import { checkEvents } from "../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";
import { type Edge, startEdge, textAnswer } from "../support/start-edge.ts";

const model = "DeepSeek-V3.2";
const notes = "GOAL: mend sum.js. DONE: read it.";
const trigger = { type: "compaction_trigger" } as const;
const tools: OpenAI.Responses.FunctionTool[] = [
  { type: "function", name: "read_file", parameters: { type: "object" }, strict: false },
];
/** The middle of a tool loop: the last item is a result. */
const loop: OpenAI.Responses.ResponseInputItem[] = [
  { type: "message", role: "developer", content: "You are a coding agent." },
  { type: "message", role: "user", content: "Mend sum.js" },
  { type: "function_call", call_id: "call_1", name: "read_file", arguments: '{"path":"sum.js"}' },
  { type: "function_call_output", call_id: "call_1", output: "return a - b;" },
];

function sdk(edge: Edge): OpenAI {
  return new OpenAI({ baseURL: `${edge.url}/v1`, apiKey: "any", maxRetries: 0 });
}

/** An edge whose model answers with notes, or as told; `asked` are the requests that it gets. */
async function startSummaries(options: { readonly answer?: () => EventBatch[] } = {}) {
  const asked: ChatRequest[] = [];
  const edge = await startEdge({
    answer(request) {
      asked.push(request);
      return options.answer?.() ?? textAnswer(...notes.split(/(?<=\.)/));
    },
  });
  return { edge, asked, [Symbol.asyncDispose]: () => edge.close() };
}

function textsOf(messages: readonly Message[]): string[] {
  return messages.map((message) => {
    const [part] = message.parts;
    if (part?.type === "tool-result")
      return part.content.map((piece) => ("text" in piece ? piece.text : "")).join();
    return part?.type === "text" ? part.text : (part?.type ?? "");
  });
}

function finish(text: string, reason: FinishReason): EventBatch[] {
  const writer = createBlockWriter(model);
  if (text !== "") writer.write("text", text);
  writer.finish(reason, { inputTokens: 30, outputTokens: 9, estimated: false });
  return [writer.take()];
}

/** The one compaction item of a response. */
function itemOf(
  output: readonly OpenAI.Responses.ResponseOutputItem[],
): OpenAI.Responses.ResponseCompactionItem {
  const [item, ...others] = output;
  if (item?.type !== "compaction" || others.length > 0) throw new Error(JSON.stringify(output));
  return item;
}

describe("a compaction_trigger", () => {
  test("is answered by one sealed item, streamed and whole", async () => {
    await using stack = await startSummaries();
    const input = [...loop, trigger];
    const whole = await sdk(stack.edge).responses.create({ model, input, tools });
    expect(itemOf(whole.output)).toMatchObject({ id: expect.stringMatching(/^cmp_/) });
    expect(whole).toMatchObject({ status: "completed", usage: { input_tokens: 3, output_tokens: 3 } });
    expect(itemOf(whole.output).encrypted_content).not.toContain("GOAL");

    const reply = await post(`${stack.edge.url}/v1/responses`, { model, input, tools, stream: true });
    const events = parseFrames(reply.text);
    checkEvents(events);
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.output_item.done",
      "response.completed",
    ]);
    const done = events[3]?.["item"];
    expect(done).toEqual(events[2]?.["item"]);
    expect(events[4]?.["response"]).toMatchObject({ output: [done] });
    expect(reply.headers["x-ignored-parameters"]).toBe("tools");
  });

  test("asks the model in words, in the middle of a tool loop, without the tools and the client's instructions", async () => {
    await using stack = await startSummaries();
    const body = { model, input: [...loop, trigger], tools, instructions: "Be an agent", temperature: 0.2 };
    await sdk(stack.edge).responses.create({ ...body, text: { format: { type: "json_object" } } });
    const [request] = stack.asked;
    expect(request).toMatchObject({
      tools: [],
      responseFormat: { kind: "text" },
      reasoning: "drop",
      maxOutputTokens: 8000,
      sampling: { temperature: 0.2 },
    });
    expect(request?.messages.map(({ role }) => role)).toEqual([
      "system",
      "user",
      "assistant",
      "tool",
      "user",
    ]);
    const texts = textsOf(request?.messages ?? []);
    expect(texts.join("\n")).not.toMatch(/coding agent|Be an agent/);
    expect(texts[3]).toBe("return a - b;");
    expect(texts[4]).toMatch(/^The conversation stops here/);
  });

  test("comes back as the user's text, and a second compaction takes it in", async () => {
    await using stack = await startSummaries();
    const client = sdk(stack.edge);
    const first = itemOf((await client.responses.create({ model, input: [...loop, trigger] })).output);
    const input = [...loop.slice(0, 2), first];
    await client.responses.create({ model, input });
    const second = itemOf((await client.responses.create({ model, input: [...input, trigger] })).output);
    await client.responses.create({ model, input: [second, { role: "user", content: "Go on" }] });

    const [, next, again, last] = stack.asked.map(({ messages }) => messages);
    expect(next?.map(({ role }) => role)).toEqual(["system", "user", "user"]);
    expect(textsOf(next ?? [])[2]).toContain(`go on from there.]\n\n${notes}\n\n[End of the notes]`);
    expect(textsOf(again ?? []).slice(1, 3)).toEqual(["Mend sum.js", expect.stringContaining(notes)]);
    expect(textsOf(last ?? [])).toEqual([expect.stringContaining(notes), "Go on"]);
  });

  test("shortens a chain of stored responses: what the user said stays, the rest is in the summary", async () => {
    await using stack = await startSummaries();
    const client = sdk(stack.edge);
    const first = await client.responses.create({ model, input: loop });
    const compacted = await client.responses.create({
      model,
      input: [trigger],
      previous_response_id: first.id,
    });
    await client.responses.create({ model, input: "Go on", previous_response_id: compacted.id });
    expect(textsOf(stack.asked[2]?.messages ?? [])).toEqual([
      "You are a coding agent.",
      "Mend sum.js",
      expect.stringContaining(notes),
      "Go on",
    ]);
  });

  test("works in the background", async () => {
    await using stack = await startSummaries();
    const body = { model, input: [...loop, trigger], background: true, stream: true };
    const events = parseFrames((await post(`${stack.edge.url}/v1/responses`, body)).text);
    const items = events.filter(({ type }) => type === "response.output_item.done");
    expect(items).toMatchObject([{ item: { type: "compaction" } }]);
  });

  test.each([
    ["is not the last item", [trigger, ...loop], "input[0]", "must be the last item"],
    ["has nothing before it", [trigger], "input", "nothing to compact"],
    ["has instructions alone before it", [loop[0], trigger], "input", "nothing to compact"],
  ])("that %s is refused", async (_name, input, param, message) => {
    await using stack = await startSummaries();
    const reply = await post(`${stack.edge.url}/v1/responses`, { model, input });
    expect(reply.status).toBe(400);
    expect(reply.json().error).toMatchObject({ param, message: expect.stringContaining(message) });
    expect(stack.asked).toEqual([]);
  });

  test("can't be answered by a model that draws", async () => {
    await using stack = await startSummaries();
    const reply = await post(`${stack.edge.url}/v1/responses`, {
      model: "AkashGen",
      input: [...loop, trigger],
    });
    expect(reply.json().error).toMatchObject({ param: "model" });
  });

  test("is answered by a summary that lacks its end, which says so", async () => {
    await using stack = await startSummaries({ answer: () => finish(notes, { kind: "length" }) });
    const { output, status } = await sdk(stack.edge).responses.create({ model, input: [...loop, trigger] });
    expect(status).toBe("completed");
    await sdk(stack.edge).responses.create({ model, input: [itemOf(output)] });
    expect(textsOf(stack.asked[1]?.messages ?? [])[0]).toContain(`${notes}\n[The notes were cut off here.]`);
  });

  test.each<[string, () => EventBatch[], number]>([
    ["no words", () => finish(" \n", { kind: "stop" }), 502],
    ["a filter's end", () => finish(notes, { kind: "content-filter" }), 400],
    ["no end", () => finish(notes, { kind: "stop" }).map((batch) => batch.slice(0, -1)), 502],
  ])("is an error when the model gives %s", async (_name, answer, status) => {
    await using stack = await startSummaries({ answer });
    const body = { model, input: [...loop, trigger] };
    expect((await post(`${stack.edge.url}/v1/responses`, body)).status).toBe(status);
    const streamed = await post(`${stack.edge.url}/v1/responses`, { ...body, stream: true });
    expect(streamed.text).not.toContain("compaction");
    expect(streamed.text).not.toContain("response.completed");
  });
});

describe("a compaction item", () => {
  test("outlives a restart of the gateway with the same secret", async () => {
    const env = { IMAGE_LINK_SECRET: "the same for both starts" };
    const input: unknown[] = [];
    {
      await using before = await startStack({ env });
      before.simulator.enqueue({ text: notes });
      const body = { model, input: [...loop, trigger] };
      input.push(...(await post(`${before.url}/v1/responses`, body)).json().output);
    }
    await using after = await startStack({ env });
    expect((await post(`${after.url}/v1/responses`, { model, input })).status).toBe(200);
    expect(JSON.stringify(after.simulator.chats[0]?.body)).toContain(notes);

    await using other = await startStack();
    expect((await post(`${other.url}/v1/responses`, { model, input })).status).toBe(400);
  });

  test.each(["gAAAAABo_foreign", "v1.AAAA"])(
    "that can't be opened (%s) is refused, and said why",
    async (sealed) => {
      await using stack = await startSummaries();
      const input = [...loop, { type: "compaction", encrypted_content: sealed }];
      const reply = await post(`${stack.edge.url}/v1/responses`, { model, input, stream: true });
      expect(reply.status).toBe(400);
      expect(reply.headers["x-should-retry"]).toBe("false");
      expect(reply.json().error).toMatchObject({
        param: "input[4].encrypted_content",
        message: expect.stringMatching(/^This compaction item can't be opened: .*DATA_DIR/),
      });
      expect(stack.asked).toEqual([]);
    },
  );

  test("is known by Codex' other name for it", async () => {
    await using stack = await startSummaries();
    const { output } = await sdk(stack.edge).responses.create({ model, input: [...loop, trigger] });
    const item = { type: "compaction_summary", encrypted_content: itemOf(output).encrypted_content };
    expect((await post(`${stack.edge.url}/v1/responses`, { model, input: [item] })).status).toBe(200);
    expect(textsOf(stack.asked[1]?.messages ?? [])[0]).toContain(notes);
  });
});

describe("POST /v1/responses/compact", () => {
  test("gives the user's messages and one item, which are the next input", async () => {
    await using stack = await startSummaries();
    const client = sdk(stack.edge);
    const compacted = await client.responses.compact({ model, input: loop, instructions: "Be an agent" });
    expect(compacted).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: "response.compaction",
      created_at: 1_700_000_000,
      usage: { input_tokens: 3, output_tokens: 3, total_tokens: 6 },
    });
    expect(compacted.output).toMatchObject([
      { type: "message", role: "developer" },
      {
        type: "message",
        role: "user",
        status: "completed",
        content: [{ type: "input_text", text: "Mend sum.js" }],
      },
      { type: "compaction", encrypted_content: expect.any(String) },
    ]);
    const output: unknown = compacted.output;
    const next = await post(`${stack.edge.url}/v1/responses`, { model, input: output });
    expect(next.status).toBe(200);
    expect(textsOf(stack.asked[1]?.messages ?? [])).toEqual([
      "You are a coding agent.",
      "Mend sum.js",
      expect.stringContaining(notes),
    ]);
  });

  test("takes what Codex 0.130 sends, a text, and a chain", async () => {
    await using stack = await startSummaries();
    const url = `${stack.edge.url}/v1/responses/compact`;
    const codex = {
      model,
      input: loop,
      instructions: "",
      tools,
      parallel_tool_calls: true,
      prompt_cache_key: "k",
    };
    expect((await post(url, codex)).json().output).toHaveLength(3);
    expect((await post(url, { model, input: "Mend sum.js" })).json().output).toHaveLength(2);
    const first = await sdk(stack.edge).responses.create({ model, input: "Mend sum.js" });
    const chained = (await post(url, { model, previous_response_id: first.id })).json();
    expect(chained.output).toMatchObject([{ role: "user" }, { type: "compaction" }]);
    expect((await post(url, { model })).json().error).toMatchObject({ param: "input" });
  });

  test("names what would only shape an answer", async () => {
    await using stack = await startSummaries();
    const shape = {
      instructions: "Be brief.",
      tools,
      text: { format: { type: "json_object" } },
      stop: ["x"],
    };
    const vain = { stream: true, store: true, background: true, metadata: { a: "b" } };
    const body = { model, input: loop, ...shape, ...vain, max_output_tokens: 500, temperature: 0.5 };
    const { headers } = await post(`${stack.edge.url}/v1/responses/compact`, body);
    expect(String(headers["x-ignored-parameters"]).split(", ").sort()).toEqual(
      [...Object.keys(shape), ...Object.keys(vain)].sort(),
    );
  });

  test("says so when the client's own limit left no room for a word", async () => {
    await using stack = await startSummaries({ answer: () => finish("", { kind: "length" }) });
    const body = { model, input: loop, max_output_tokens: 5 };
    const { error } = (await post(`${stack.edge.url}/v1/responses/compact`, body)).json();
    expect(error.message).toMatch(/Raise 'max_output_tokens'/);
  });

  test("tells the upstream's error", async () => {
    await using stack = await startSummaries({
      answer: () => {
        throw new GatewayError("overloaded", "Busy.");
      },
    });
    expect((await post(`${stack.edge.url}/v1/responses/compact`, { model, input: loop })).status).toBe(503);
  });
});

test("items that the model can't be shown are named, each kind once; thinking is left out by design", async () => {
  await using stack = await startSummaries();
  const hosted = { type: "web_search_call", id: "ws_1", status: "completed" };
  const input = [
    hosted,
    hosted,
    { type: "from_the_future" },
    { type: "reasoning", id: "rs_1", summary: [] },
    ...loop,
  ];
  const reply = await post(`${stack.edge.url}/v1/responses`, { model, input });
  expect(reply.headers["x-ignored-parameters"]).toBe("input[web_search_call], input[from_the_future]");
});
