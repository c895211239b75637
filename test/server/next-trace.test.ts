import { expect, test } from "vitest";

import { get, post } from "../support/post.ts";
import { hello, startTeam, type Team } from "../support/start-team.ts";

const none = {
  object: "next_trace",
  state: "none",
  key: null,
  created_at: null,
  expires_at: null,
  trace: null,
  request_id: null,
};

const look = async (team: Team) => (await team.admin("GET", "/traces/next")).json();

test("the next request is traced, whoever asks; what asks for no answer leaves the wish to others", async () => {
  await using team = await startTeam();
  const { key } = await team.createKey();
  expect(await look(team)).toEqual(none);
  const made = await team.admin("POST", "/traces/next", {});
  expect([made.status, made.json()]).toMatchObject([201, { state: "waiting", key: "any", trace: null }]);
  const authorization = `Bearer ${key}`;
  await get(`${team.url}/v1/models`, { authorization });
  await post(`${team.url}/v1/messages/count_tokens`, hello, { authorization });
  expect((await look(team)).state).toBe("waiting");
  const reply = await team.chat(key);
  const id = String(reply.headers["x-trace"]);
  expect(await look(team)).toMatchObject({
    state: "taken",
    trace: id,
    request_id: reply.headers["x-request-id"],
  });
  expect((await team.admin("GET", `/traces/${id}`)).json()).toMatchObject({ id, turns: [{}] });
  expect((await team.chat(key)).headers["x-trace"]).toBeUndefined();
});

test("the next request of one key, or of none", async () => {
  await using team = await startTeam();
  const [one, other] = [await team.createKey(), await team.createKey()];
  await team.admin("POST", "/traces/next", { key: one.id });
  expect((await team.chat(other.key)).headers["x-trace"]).toBeUndefined();
  expect((await team.chat(one.key)).headers["x-trace"]).toBeDefined();
  await team.admin("POST", "/traces/next", { key: "none" });
  expect((await team.chat(one.key)).headers["x-trace"]).toBeUndefined();
  expect((await team.chat("admin-of-this-test")).headers["x-trace"]).toBeDefined();
});

test.each([
  ["/api/chat", { model: hello.model }],
  ["/api/generate", { model: hello.model, keep_alive: 0 }],
  ["/api/embed", { model: hello.model, input: [] }],
  ["/api/embeddings", { model: hello.model, prompt: "" }],
])(
  "%s without anything to answer, as clients load a model, leaves the wish to others",
  async (path, body) => {
    await using team = await startTeam();
    const { key } = await team.createKey();
    const { key: traced } = await team.createKey({ trace: true });
    await team.admin("POST", "/traces/next", {});
    const load = async (secret: string) => post(team.url + path, body, { authorization: `Bearer ${secret}` });
    const first = await load(key);
    expect([first.status, first.headers["x-trace"]]).toEqual([200, undefined]);
    // One that is traced anyway keeps its trace.
    const second = String((await load(traced)).headers["x-trace"]);
    expect((await team.admin("GET", `/traces/${second}`)).status).toBe(200);
    expect(await look(team)).toMatchObject({ state: "waiting", trace: null, request_id: null });
    const reply = await team.chat(key);
    expect(await look(team)).toMatchObject({ state: "taken", trace: reply.headers["x-trace"] });
    expect((await team.admin("GET", "/traces")).json().data).toHaveLength(2);
  },
);

test("a wish is withdrawn", async () => {
  await using team = await startTeam();
  await team.admin("POST", "/traces/next", {});
  expect((await team.admin("DELETE", "/traces/next")).json()).toEqual(none);
  expect((await team.chat("admin-of-this-test")).headers["x-trace"]).toBeUndefined();
});

test.each([
  [{ key: "key_nobody" }, "key"],
  [{ key: 5 }, "key"],
  [{ keys: "any" }, "keys"],
])("%j is refused, and says why", async (body, param) => {
  await using team = await startTeam();
  const reply = await team.admin("POST", "/traces/next", body);
  expect([reply.status, reply.json().error.param]).toEqual([400, param]);
});
