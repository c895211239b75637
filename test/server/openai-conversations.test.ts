import { describe, expect, test } from "vitest";

import { readConfig } from "../../src/config.ts";
import { createMemoryStores } from "../../src/store/open-stores.ts";
import { createGate } from "../support/gate.ts";
import { type AnyJson, get, post, send } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { startTeam } from "../support/start-team.ts";

const model = "DeepSeek-V3.2";

async function createConversation(stack: { readonly url: string }, body: unknown = {}): Promise<string> {
  const reply = await post(`${stack.url}/v1/conversations`, body);
  expect(reply.status).toBe(200);
  return reply.json().id;
}

function respond(stack: { readonly url: string }, body: Record<string, unknown>) {
  return post(`${stack.url}/v1/responses`, { model, ...body });
}

async function listItems(stack: { readonly url: string }, id: string, query = "order=asc"): Promise<AnyJson> {
  return (await get(`${stack.url}/v1/conversations/${id}/items?${query}`)).json();
}

/** The words of each message, and the types of other items. */
async function wordsOf(stack: { readonly url: string }, id: string): Promise<readonly string[]> {
  const { data } = await listItems(stack, id);
  return data.map((item: AnyJson) => item.content?.[0]?.text ?? item.type);
}

/** What the model was told last. */
function lastPrompt({ simulator }: Stack): string {
  return JSON.stringify(simulator.chats.at(-1)?.body);
}

/** An answer that waits in its middle. */
async function* halting(first: string, gate: Promise<void>, last: string): AsyncGenerator<string> {
  if (first !== "") yield first;
  await gate;
  yield last;
}

const text = (words: string) => ({ role: "user", content: words });

const items = (...list: unknown[]) => ({ items: list });

describe("a conversation", () => {
  test("is made with items and metadata, shown, changed and deleted", async () => {
    await using stack = await startStack();
    const made = await post(`${stack.url}/v1/conversations`, {
      items: [text("hello"), { type: "message", role: "assistant", content: "hi" }],
      metadata: { topic: "demo" },
    });
    const { id } = made.json();
    expect(id).toMatch(/^conv_\w{24,}$/);
    expect(made.json()).toEqual({
      id,
      object: "conversation",
      created_at: expect.any(Number),
      metadata: { topic: "demo" },
    });
    const at = `${stack.url}/v1/conversations/${id}`;
    expect((await get(at)).json()).toEqual(made.json());
    const changed = await post(at, { metadata: { other: "x" } });
    expect(changed.json()).toEqual({ ...made.json(), metadata: { other: "x" } });
    expect((await post(at, { metadata: null })).json().metadata).toEqual({});
    const { data } = await listItems(stack, id);
    expect(data).toEqual([
      {
        type: "message",
        id: expect.stringMatching(/^msg_/),
        role: "user",
        status: "completed",
        content: [{ type: "input_text", text: "hello" }],
      },
      expect.objectContaining({ role: "assistant", content: [expect.objectContaining({ text: "hi" })] }),
    ]);
    expect((await send("DELETE", at, null)).json()).toEqual({
      id,
      object: "conversation.deleted",
      deleted: true,
    });
    for (const gone of [await get(at), await send("DELETE", at, null), await get(`${at}/items`)]) {
      expect(gone.status).toBe(404);
      expect(gone.json().error).toMatchObject({
        message: `Conversation with id '${id}' not found.`,
        type: "invalid_request_error",
        param: "conversation_id",
      });
    }
  });

  test("needs no body, and no /v1", async () => {
    await using stack = await startStack();
    const reply = await send("POST", `${stack.url}/conversations`, null);
    expect(reply.json()).toMatchObject({ object: "conversation", metadata: {} });
  });

  test("takes items, lists them by pages, shows and deletes each", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    const at = `${stack.url}/v1/conversations/${id}/items`;
    const added = await post(`${at}?include[]=message.output_text.logprobs`, {
      items: [text("one"), { ...text("two"), id: "msg_mine" }, text("three")],
    });
    expect(added.headers["x-ignored-parameters"]).toBe("include");
    expect(added.json()).toMatchObject({ object: "list", has_more: false, last_id: expect.any(String) });
    const [first, second, third] = added.json().data.map((item: AnyJson) => item.id);
    expect(second).toBe("msg_mine");
    expect(await listItems(stack, id, "limit=2")).toMatchObject({
      data: [{ id: third }, { id: second }],
      first_id: third,
      last_id: second,
      has_more: true,
    });
    expect(await listItems(stack, id, `order=asc&after=${first}`)).toMatchObject({
      data: [{ id: second }, { id: third }],
      has_more: false,
    });
    expect((await get(`${at}/${second}`)).json()).toMatchObject({ id: second, type: "message" });
    const deleted = await send("DELETE", `${at}/${second}`, null);
    expect(deleted.json()).toMatchObject({ id, object: "conversation" });
    expect(await wordsOf(stack, id)).toEqual(["one", "three"]);
    for (const gone of [await get(`${at}/${second}`), await send("DELETE", `${at}/${second}`, null)]) {
      expect(gone.status).toBe(404);
      expect(gone.json().error).toMatchObject({ param: "item_id", message: expect.stringContaining(second) });
    }
  });

  test.each<[body: object | string, param: string | null, says: RegExp, status: number]>([
    [items(...Array.from({ length: 21 }, () => text("x"))), "items", /at most 20/, 400],
    [{ items: "x" }, "items", /array/, 400],
    [items({ type: "message", role: "nobody", content: "x" }), "items[0].role", /user/, 400],
    [items(text("x"), { type: "compaction_trigger" }), "items[1]", /input of a response/, 400],
    [items({ type: "item_reference", id: "msg_none" }), "items[0].id", /No stored item/, 404],
    [
      items({ type: "compaction", encrypted_content: "x" }),
      "items[0].encrypted_content",
      /can't be opened/,
      400,
    ],
    [items({ type: "function_call_output", output: "x" }), "items[0].call_id", /missing/, 400],
    [items({ ...text("x"), id: "a" }, { ...text("y"), id: "a" }), "items[1].id", /Duplicate/, 400],
    [{ metadata: { a: 1 } }, "metadata.a", /string/, 400],
    [{ metadata: { a: "x".repeat(513) } }, "metadata.a", /512/, 400],
    [{ metadata: { ["k".repeat(65)]: "x" } }, "metadata", /64/, 400],
    [
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_each, n) => [`k${n}`, "x"])) },
      "metadata",
      /16/,
      400,
    ],
    ["[]", null, /JSON object/, 400],
  ])("is not made of a wrong body (%#)", async (body, param, says, status) => {
    await using stack = await startStack();
    const reply = await post(`${stack.url}/v1/conversations`, body);
    expect(reply.status).toBe(status);
    expect(reply.json().error).toMatchObject({ param, message: expect.stringMatching(says) });
  });

  test("wants items where they are added, metadata where it is changed, and refuses an id that it has", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack, items({ ...text("x"), id: "msg_x" }));
    const at = `${stack.url}/v1/conversations/${id}`;
    expect((await post(`${at}/items`, {})).json().error).toMatchObject({ param: "items" });
    expect((await post(`${at}/items`, items())).json().error).toMatchObject({ param: "items" });
    expect((await post(at, {})).json().error).toMatchObject({ param: "metadata" });
    const twice = await post(`${at}/items`, items({ ...text("y"), id: "msg_x" }));
    expect(twice.json().error).toMatchObject({ param: "items[0].id" });
    expect((await post(`${at}/items`, { ...items(text("z")), colour: "red" })).headers).toMatchObject({
      "x-ignored-parameters": "colour",
    });
  });

  test.each([
    ["limit=101", "limit", "expected a whole number from 1 to 100"],
    ["limit=", "limit", "expected a whole number from 1 to 100"],
    ["limit=many", "limit", "expected a whole number from 1 to 100"],
    ["limit=1&limit=2", "limit", "expected to be given once"],
    ["order=up", "order", "expected asc or desc"],
  ])("says what is wrong with ?%s", async (query, param, expected) => {
    await using stack = await startStack();
    const { id } = (await post(`${stack.url}/v1/conversations`, {})).json();
    const reply = await get(`${stack.url}/v1/conversations/${id}/items?${query}`);
    expect(reply.status).toBe(400);
    expect(reply.json().error).toMatchObject({ param, message: `'${param}' is not valid: ${expected}.` });
  });
});

describe("a response in a conversation", () => {
  test.each([
    ["by its id", (id: string) => id],
    ["as an object", (id: string) => ({ id })],
  ])("is given its items, and adds its input and output, %s", async (_how, refer) => {
    await using stack = await startStack();
    const id = await createConversation(stack, { items: [text("My name is Ada.")] });
    stack.simulator.enqueue({ text: "Hello Ada." });
    const reply = await respond(stack, { conversation: refer(id), input: "Greet me." });
    expect(reply.json()).toMatchObject({ status: "completed", conversation: { id } });
    expect(lastPrompt(stack)).toMatch(/My name is Ada\..*Greet me\./s);
    const { data } = await listItems(stack, id);
    expect(data.slice(2)).toEqual(reply.json().output);
    expect(await wordsOf(stack, id)).toEqual(["My name is Ada.", "Greet me.", "Hello Ada."]);
    stack.simulator.enqueue({ text: "Ada." });
    await respond(stack, { conversation: refer(id), input: "Who am I?", store: false });
    expect(lastPrompt(stack)).toMatch(/Greet me\..*Hello Ada\..*Who am I\?/s);
    expect(await wordsOf(stack, id)).toHaveLength(5);
  });

  test("streams, and adds its turn before it says that it is complete", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    const before = createGate();
    stack.simulator.enqueue({ text: halting("Go", before.promise, "od.") });
    const pending = respond(stack, { conversation: id, input: "How?", stream: true });
    // While it is made, nobody else is in it.
    await expect.poll(() => stack.simulator.chats.length).toBe(1);
    for (const refused of [
      await respond(stack, { conversation: id, input: "Me too." }),
      await respond(stack, { conversation: id, input: "Me too.", stream: true }),
      await respond(stack, { conversation: id, input: "Me too.", background: true }),
    ]) {
      expect(refused.status).toBe(400);
      expect(refused.json().error).toEqual({
        code: "conversation_locked",
        message:
          "Another process is currently operating on this conversation. Please retry in a few seconds.",
        param: "conversation",
        type: "invalid_request_error",
      });
    }
    const at = `${stack.url}/v1/conversations/${id}/items`;
    const add = await post(at, { items: [text("x")] });
    expect(add.json().error).toMatchObject({ code: "conversation_locked", param: "conversation_id" });
    expect(await wordsOf(stack, id)).toEqual([]);
    before.open();
    const { text: frames } = await pending;
    expect(frames).toMatch(/event: response\.completed\n.*"conversation":\{"id":"conv_/);
    expect(await wordsOf(stack, id)).toEqual(["How?", "Good."]);
    expect((await post(at, { items: [text("x")] })).status).toBe(200);
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test("is made in the background, and whoever sees it completed goes on", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    const before = createGate();
    stack.simulator.enqueue({ text: halting("", before.promise, "Done.") });
    const queued = (await respond(stack, { conversation: id, input: "Do it.", background: true })).json();
    expect(queued).toMatchObject({ status: "queued", conversation: { id } });
    const busy = await respond(stack, { conversation: id, input: "And that." });
    expect(busy.json().error.code).toBe("conversation_locked");
    before.open();
    const at = `${stack.url}/v1/responses/${queued.id}`;
    await expect.poll(async () => (await get(at)).json().status).toBe("completed");
    expect(await wordsOf(stack, id)).toEqual(["Do it.", "Done."]);
    const next = await respond(stack, { conversation: id, input: "And that." });
    expect(next.json()).toMatchObject({ status: "completed" });
  });

  test("that is cancelled, fails or loses its client adds nothing and lets go", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    const never = createGate();
    stack.simulator.enqueue({ text: halting("", never.promise, "late") });
    const { id: response } = (
      await respond(stack, { conversation: id, input: "One.", background: true })
    ).json();
    await expect.poll(() => stack.simulator.chats.length).toBe(1);
    await post(`${stack.url}/v1/responses/${response}/cancel`, {});

    stack.simulator.enqueue({ text: "half an answer", error: { kind: "cut", afterDeltas: 1 } });
    const failed = await respond(stack, { conversation: id, input: "Two." });
    expect(failed.status).toBeGreaterThanOrEqual(500);

    const asked = stack.simulator.chats.length;
    stack.simulator.enqueue({ text: halting("begins ", never.promise, "late") });
    const leaving = new AbortController();
    const left = fetch(`${stack.url}/v1/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, conversation: id, input: "Three.", stream: true }),
      signal: leaving.signal,
    }).then((reply) => reply.text());
    await expect.poll(() => stack.simulator.chats.length).toBe(asked + 1);
    leaving.abort();
    await expect(left).rejects.toThrow();

    await expect
      .poll(async () => (await respond(stack, { conversation: id, input: "Four." })).json().status)
      .toBe("completed");
    expect((await wordsOf(stack, id))[0]).toBe("Four.");
    never.open();
  });

  test("cut by its limit adds what there is of it", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    stack.simulator.enqueue({ text: "one two three four five six seven eight nine ten" });
    const reply = await respond(stack, { conversation: id, input: "Count.", max_output_tokens: 3 });
    expect(reply.json().status).toBe("incomplete");
    const { data } = await listItems(stack, id);
    expect(data[1]).toEqual(reply.json().output[0]);
  });

  test("goes on with calls and their results", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    const tools = [{ type: "function", name: "add", parameters: { type: "object" } }];
    stack.simulator.enqueue({ text: '<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>' });
    const asked = (await respond(stack, { conversation: id, input: "1 + 2?", tools })).json();
    const call = asked.output.find(({ type }: AnyJson) => type === "function_call");
    stack.simulator.enqueue({ text: "It is 3." });
    const input = [{ type: "function_call_output", call_id: call.call_id, output: "3" }];
    const answered = (await respond(stack, { conversation: id, input, tools })).json();
    expect(answered.output_text ?? answered.output.at(-1).content[0].text).toBe("It is 3.");
    const { data } = await listItems(stack, id);
    expect(data.map(({ type }: AnyJson) => type)).toEqual([
      "message",
      "function_call",
      "function_call_output",
      "message",
    ]);
  });

  test("refers to an item that is there without adding it again, and to those of other responses", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack, { items: [{ ...text("Remember 42."), id: "msg_42" }] });
    const other = (await respond(stack, { input: "Elsewhere." })).json();
    const input = [
      { type: "item_reference", id: "msg_42" },
      { type: "item_reference", id: other.output[0].id },
    ];
    expect((await respond(stack, { conversation: id, input })).json().status).toBe("completed");
    const { data } = await listItems(stack, id);
    expect(data.map((item: AnyJson) => item.id).slice(0, 2)).toEqual(["msg_42", other.output[0].id]);
    const twice = await respond(stack, { conversation: id, input: [{ ...text("x"), id: "msg_42" }] });
    expect(twice.json().error).toMatchObject({ param: "input[0].id" });
  });

  test("is compacted in place: what comes later is told the summary", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack, {
      items: [text("Build a boat."), { role: "assistant", content: "A long story." }],
    });
    stack.simulator.enqueue({ text: "GOAL: a boat" });
    await respond(stack, { conversation: id, input: [{ type: "compaction_trigger" }] });
    expect((await wordsOf(stack, id)).at(-1)).toBe("compaction");
    await respond(stack, { conversation: id, input: "Go on." });
    expect(lastPrompt(stack)).toMatch(/Build a boat\..*GOAL: a boat.*Go on\./s);
    expect(lastPrompt(stack)).not.toMatch(/A long story/);
    const counted = await post(`${stack.url}/v1/responses/input_tokens`, { conversation: id, input: "x" });
    const alone = await post(`${stack.url}/v1/responses/input_tokens`, { input: "x" });
    expect(counted.json().input_tokens).toBeGreaterThan(alone.json().input_tokens);
    const compact = await post(`${stack.url}/v1/responses/compact`, { model, conversation: id });
    expect(compact.json().error).toMatchObject({ param: "conversation", code: "unsupported_value" });
  });

  test("whose conversation is deleted meanwhile is answered, and added nowhere", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    const before = createGate();
    stack.simulator.enqueue({ text: halting("", before.promise, "Still here.") });
    const pending = respond(stack, { conversation: id, input: "Hm?" });
    await expect.poll(() => stack.simulator.chats.length).toBe(1);
    await send("DELETE", `${stack.url}/v1/conversations/${id}`, null);
    before.open();
    expect((await pending).json()).toMatchObject({ status: "completed", conversation: { id } });
    expect((await get(`${stack.url}/v1/conversations/${id}`)).status).toBe(404);
  });

  test("of Cursor's kind, in chunks, adds its turn as well", async () => {
    await using stack = await startStack();
    const id = await createConversation(stack);
    stack.simulator.enqueue({ text: "In chunks." });
    const reply = await post(`${stack.url}/v1/chat/completions`, {
      model,
      input: [text("How?")],
      conversation: id,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(reply.text).toContain("chat.completion.chunk");
    expect(await wordsOf(stack, id)).toEqual(["How?", "In chunks."]);
  });
});

test("a conversation is its key's own, and the operator's", async () => {
  await using team = await startTeam();
  const keys = await Promise.all(["one", "other"].map((name) => team.createKey({ name })));
  const [mine, theirs] = keys.map(({ key }) => ({ authorization: `Bearer ${key}` }));
  const made = await post(`${team.url}/v1/conversations`, { items: [text("secret")] }, mine);
  const { id } = made.json();
  const at = `${team.url}/v1/conversations/${id}`;
  const foreign = [
    await get(at, theirs),
    await get(`${at}/items`, theirs),
    await post(at, { metadata: {} }, theirs),
    await post(`${at}/items`, { items: [text("x")] }, theirs),
    await send("DELETE", at, null, theirs),
    await post(`${team.url}/v1/responses`, { model, input: "x", conversation: id }, theirs),
  ];
  expect(foreign.map(({ status }) => status)).toEqual(foreign.map(() => 404));
  expect((await get(`${at}/items`, mine)).json().data).toHaveLength(1);
});

test("a gateway that stops lets go of the conversations that it answers in", async () => {
  const stores = createMemoryStores(readConfig({}), { now: Date.now });
  const { conversations } = stores;
  await using stack = await startStack({ overrides: { stores } });
  const id = await createConversation(stack);
  const never = createGate();
  stack.simulator.enqueue({ text: halting("", never.promise, "late") });
  await respond(stack, { conversation: id, input: "One.", background: true });
  await expect.poll(() => stack.simulator.chats.length).toBe(1);
  await stack.gateway.close();
  const left = await conversations.read(id);
  expect(left?.items).toEqual([]);
  expect(await conversations.lock(id, "next", left?.version ?? -1)).toBe("done");
  never.open();
});
