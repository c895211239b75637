/** Background responses of several gateways on the same stores. Time passes only when the tests let it. */
import { expect, test } from "vitest";

import { checkEvents } from "../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { createGate } from "../support/gate.ts";
import { openFollowed } from "../support/open-followed.ts";
import { get, post, send } from "../support/post.ts";
import { createMemoryRuns } from "../../src/store/memory/memory-runs.ts";
import { createMemoryStores } from "../../src/store/open-stores.ts";
import { type Fleet, startFleet } from "../support/start-fleet.ts";
import { type Stack, startStack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const never = new Promise<void>(() => {});

/** Asks one for a background response; resolves with its id. */
async function ask({ time }: Fleet, member: Stack, more: object = {}): Promise<string> {
  const reply = await time.until(
    post(`${member.url}/v1/responses`, { model, input: "hi", background: true, ...more }),
  );
  expect(reply).toMatchObject({ status: 200 });
  return reply.json().id;
}

function urlOf(member: Stack, id: string): string {
  return `${member.url}/v1/responses/${id}`;
}

/** Holds up what is stored at the gate, from the `first` put on, and says when that is reached. */
function holdPuts(first: number) {
  const [reached, gate] = [createGate(), createGate()];
  let puts = 0;
  async function passage(name: string): Promise<void> {
    if (name !== "put") return;
    puts += 1;
    if (puts < first) return;
    reached.open();
    await gate.promise;
  }
  return { reached, gate, passage };
}

/** As it is stored. */
async function statusOf({ store }: Fleet, id: string): Promise<unknown> {
  return (await store.get(id))?.response["status"];
}

/** Reads the events of a response at a gateway. */
function follow({ time }: Fleet, member: Stack, id: string) {
  const stream = openFollowed(`${urlOf(member, id)}?stream=true`);
  return {
    until: (text: string) => time.until(stream.readUntil(text)),
    rest: async () => parseFrames(await time.until(stream.readRest())),
  };
}

test("one is polled, and gone on from, at any of them", async () => {
  await using fleet = await startFleet();
  const [one, other] = fleet.members;
  const gate = createGate();
  one.simulator.enqueue({ text: ["one ", "two"], gate: gate.promise, gateAfter: 1 });
  const id = await ask(fleet, one);
  expect(await fleet.waitFor(other, id, "in_progress")).toMatchObject({ id, background: true, output: [] });
  const early = await post(`${other.url}/v1/responses`, { model, input: "x", previous_response_id: id });
  expect(early.json().error.message).toMatch(/not complete yet/);
  expect((await get(`${urlOf(other, id)}/input_items`)).json()).toMatchObject({ data: [{ role: "user" }] });
  gate.open();
  const done = await fleet.waitFor(other, id, "completed");
  expect(done.output).toMatchObject([{ content: [{ text: "one two" }] }]);
  expect((await get(urlOf(one, id))).json()).toEqual(done);
  other.simulator.enqueue({ text: "three" });
  const next = await post(`${other.url}/v1/responses`, { model, input: "x", previous_response_id: id });
  expect(next).toMatchObject({ status: 200 });
});

test("one is streamed at all of them while it runs and again later, from any event, all alike", async () => {
  await using fleet = await startFleet();
  const [one, other, third] = fleet.members;
  const gate = createGate();
  one.simulator.enqueue({ text: ["one ", "two ", "three"], gate: gate.promise, gateAfter: 1 });
  const id = await ask(fleet, one);
  const here = follow(fleet, one, id);
  const there = follow(fleet, other, id);
  await there.until("one ");
  gate.open();
  const events = await there.rest();
  expect(checkEvents(events)).toMatchObject({ id, status: "completed" });
  expect(await here.rest()).toEqual(events);
  for (const member of [one, other, third]) {
    const again = await fleet.time.until(get(`${urlOf(member, id)}?stream=true`));
    expect(parseFrames(again.text)).toEqual(events);
    const rest = await fleet.time.until(get(`${urlOf(member, id)}?stream=true&starting_after=4`));
    expect(parseFrames(rest.text)).toEqual(events.slice(5));
  }
});

test("one that is cancelled elsewhere ends as cancelled everywhere, and so does its request to the upstream", async () => {
  await using fleet = await startFleet();
  const [one, other, third] = fleet.members;
  one.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const id = await ask(fleet, one);
  const followed = follow(fleet, third, id);
  await followed.until("one ");
  const chat = await one.simulator.waitForChat(0);
  const cancelled = await fleet.time.until(post(`${urlOf(other, id)}/cancel`, {}));
  expect(cancelled.json()).toMatchObject({ id, status: "cancelled", error: null });
  expect(await chat.closed).toBe("client-left");
  expect((await followed.rest()).at(-1)).toMatchObject({ response: { status: "cancelled" } });
  for (const member of fleet.members) expect((await get(urlOf(member, id))).json()).toEqual(cancelled.json());
  expect((await fleet.store.get(id))?.response).toEqual(cancelled.json());
  expect((await fleet.time.until(post(`${urlOf(third, id)}/cancel`, {}))).json()).toEqual(cancelled.json());
});

test("one that is deleted elsewhere is gone everywhere, ends for those who follow it, and does not come back", async () => {
  await using fleet = await startFleet();
  const [one, other, third] = fleet.members;
  one.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const id = await ask(fleet, one);
  const followed = follow(fleet, third, id);
  await followed.until("one ");
  const chat = await one.simulator.waitForChat(0);
  expect(await fleet.time.until(send("DELETE", urlOf(other, id), null))).toMatchObject({ status: 200 });
  expect(await fleet.time.until(chat.closed)).toBe("client-left");
  expect((await followed.rest()).at(-1)).toMatchObject({ response: { status: "cancelled" } });
  for (const member of fleet.members) {
    expect((await fleet.time.until(get(urlOf(member, id)))).status).toBe(404);
    expect((await fleet.time.until(get(`${urlOf(member, id)}?stream=true`))).status).toBe(404);
  }
});

test("one that is deleted while it is stored does not come back", async () => {
  const { reached, gate, passage } = holdPuts(2);
  await using fleet = await startFleet({ passage });
  const [one, other] = fleet.members;
  one.simulator.enqueue({ text: "one" });
  const id = await ask(fleet, one);
  await fleet.time.until(reached.promise);
  expect(await fleet.time.until(send("DELETE", urlOf(other, id), null))).toMatchObject({ status: 200 });
  gate.open();
  for (const member of [one, other]) while ((await fleet.time.until(get(urlOf(member, id)))).status !== 404);
  expect(await fleet.store.get(id)).toBeUndefined();
});

test("one that can't be deleted, since the stores are away, is cancelled for all when they are back", async () => {
  await using fleet = await startFleet();
  const [one, other] = fleet.members;
  one.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const id = await ask(fleet, one);
  await fleet.waitFor(other, id, "in_progress");
  one.stores.areAway = true;
  expect(await fleet.time.until(send("DELETE", urlOf(one, id), null))).toMatchObject({ status: 503 });
  one.stores.areAway = false;
  fleet.time.pass(60_000);
  expect(await fleet.waitFor(other, id, "cancelled")).toMatchObject({ id, error: null });
  await fleet.time.untilTrue(async () => (await statusOf(fleet, id)) === "cancelled");
  expect(await fleet.time.until(send("DELETE", urlOf(other, id), null))).toMatchObject({ status: 200 });
});

test("a stream that is stored ends when any gateway can be asked for it", async () => {
  const { reached, gate, passage } = holdPuts(1);
  await using fleet = await startFleet({ passage });
  const [one, other] = fleet.members;
  let ended = false;
  const streamed = post(`${one.url}/v1/responses`, { model, input: "hi", stream: true }).finally(() => {
    ended = true;
  });
  await fleet.time.until(reached.promise);
  // The same connections and turns that the end would have needed.
  await fleet.time.until(get(`${one.url}/health`));
  expect(ended).toBe(false);
  gate.open();
  const id = /"id":"(resp_\w+)"/.exec((await fleet.time.until(streamed)).text)?.[1] ?? "";
  const next = { model, input: "and?", previous_response_id: id };
  expect(await fleet.time.until(post(`${other.url}/v1/responses`, next))).toMatchObject({ status: 200 });
});

test("one whose gateway dies fails, with what it had said, and stays so when that wakes up", async () => {
  await using fleet = await startFleet();
  const [one, other, third] = fleet.members;
  const gate = createGate();
  one.simulator.enqueue({ text: ["one ", "two"], gate: gate.promise, gateAfter: 1 });
  const id = await ask(fleet, one);
  const followed = follow(fleet, other, id);
  await followed.until("one ");
  const chat = await one.simulator.waitForChat(0);
  one.freeze();
  const events = await followed.rest();
  expect(events.at(-1)).toMatchObject({
    type: "response.failed",
    sequence_number: events.length - 1,
    response: { status: "failed", error: { code: "server_error" } },
  });
  const failed = await fleet.waitFor(third, id, "failed");
  expect(failed.error.message).toBe("The gateway stopped before the response was complete.");
  expect((await fleet.store.get(id))?.response).toEqual(failed);
  one.thaw();
  expect(await fleet.time.until(chat.closed)).toBe("client-left");
  gate.open();
  for (const member of fleet.members)
    expect((await fleet.time.until(get(urlOf(member, id)))).json()).toEqual(failed);
  expect((await fleet.store.get(id))?.response).toEqual(failed);
});

test("one whose gateway dies while it was to be cancelled is cancelled", async () => {
  await using fleet = await startFleet();
  const [one, other] = fleet.members;
  one.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const id = await ask(fleet, one);
  await fleet.waitFor(other, id, "in_progress");
  one.freeze();
  const cancelled = await fleet.time.until(post(`${urlOf(other, id)}/cancel`, {}));
  expect(cancelled.json()).toMatchObject({ id, status: "cancelled", error: null });
});

test("one that ended, but whose gateway died before it was stored, is stored as it ended", async () => {
  const { reached, gate, passage } = holdPuts(2);
  await using fleet = await startFleet({ passage });
  const [one, other] = fleet.members;
  one.simulator.enqueue({ text: "one" });
  const id = await ask(fleet, one);
  await fleet.time.until(reached.promise);
  one.freeze();
  expect(await statusOf(fleet, id)).toBe("queued");
  const done = await fleet.waitFor(other, id, "completed");
  await fleet.time.untilTrue(async () => (await statusOf(fleet, id)) === "completed");
  one.thaw();
  gate.open();
  expect(await fleet.waitFor(one, id, "completed")).toEqual(done);
  expect((await fleet.store.get(id))?.response).toEqual(done);
});

test("a stop of the gateway ends its own as failed, with its words, for all", async () => {
  await using fleet = await startFleet();
  const [one, other] = fleet.members;
  one.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const id = await ask(fleet, one);
  const followed = follow(fleet, other, id);
  await followed.until("one ");
  await fleet.time.until(one.close());
  expect((await followed.rest()).at(-1)).toMatchObject({ response: { status: "failed" } });
  expect((await get(urlOf(other, id))).json().error.message).toMatch(/shut down/);
});

test("while the stores are away one goes on at its own gateway, and what it said comes later elsewhere", async () => {
  await using fleet = await startFleet();
  const [one, other] = fleet.members;
  const gate = createGate();
  const last = createGate();
  async function* speak(): AsyncGenerator<string> {
    yield "one ";
    await gate.promise;
    yield "two ";
    await last.promise;
    yield "three";
  }
  one.simulator.enqueue({ text: speak() });
  const id = await ask(fleet, one);
  const here = follow(fleet, one, id);
  const there = follow(fleet, other, id);
  await there.until("one ");
  for (const member of fleet.members) member.stores.areAway = true;
  gate.open();
  await here.until("two ");
  const refused = await fleet.time.until(get(urlOf(other, id)));
  expect(refused).toMatchObject({ status: 503 });
  expect((await get(urlOf(one, id))).json()).toMatchObject({ status: "in_progress" });
  fleet.time.pass(60_000);
  last.open();
  const events = await here.rest();
  expect((await get(urlOf(one, id))).json()).toMatchObject({ status: "completed" });
  for (const member of fleet.members) member.stores.areAway = false;
  expect(await there.rest()).toEqual(events);
  const done = await fleet.waitFor(other, id, "completed");
  await fleet.time.untilTrue(async () => (await statusOf(fleet, id)) === "completed");
  expect((await fleet.store.get(id))?.response).toEqual(done);
});

test("one that began while the stores were away is known to all when they are back", async () => {
  await using fleet = await startFleet();
  const [one, other] = fleet.members;
  const gate = createGate();
  one.simulator.enqueue({ text: ["one ", "two"], gate: gate.promise, gateAfter: 1 });
  one.stores.areAway = true;
  const id = await ask(fleet, one);
  await fleet.waitFor(one, id, "in_progress");
  expect((await get(urlOf(other, id))).status).toBe(404);
  one.stores.areAway = false;
  await fleet.time.untilTrue(async () => (await fleet.runs.read([{ id, from: 0 }])).length > 0);
  gate.open();
  await fleet.time.untilTrue(async () => (await statusOf(fleet, id)) === "completed");
  expect(await fleet.waitFor(other, id, "completed")).toMatchObject({ id });
});

test("a long answer that finds no room is whole at its end, elsewhere too", async () => {
  await using fleet = await startFleet({ bounds: { charactersEach: 12_000 } });
  const [one, other] = fleet.members;
  const words = Array.from({ length: 300 }, (_, index) => `${index} `);
  const gate = createGate();
  one.simulator.enqueue({ text: words, gate: gate.promise });
  const id = await ask(fleet, one);
  const followed = follow(fleet, other, id);
  await followed.until("response.queued");
  gate.open();
  const events = await followed.rest();
  expect(events.length).toBeLessThan(300);
  const text = words.join("").trimEnd();
  expect(events.at(-1)).toMatchObject({
    type: "response.completed",
    response: { output: [{ content: [{ text: expect.stringContaining(text) }] }] },
  });
});

test("those who wait elsewhere in silence hear that one goes on, by events of its own", async () => {
  await using fleet = await startFleet({ env: { HEARTBEAT_MS: "100", RESPONSE_HOLD_MS: "0" } });
  const [one, other] = fleet.members;
  const gate = createGate();
  one.simulator.enqueue({ text: ["one ", "two"], gate: gate.promise, gateAfter: 1 });
  const id = await ask(fleet, one);
  const followed = follow(fleet, other, id);
  // Once when it begins, and again with what was shown.
  await followed.until('"delta":"one "');
  const seen = await followed.until('"text":"one "');
  expect(seen).toContain("response.in_progress");
  gate.open();
  const events = await followed.rest();
  expect(checkEvents(events)).toMatchObject({ status: "completed" });
});

test("all that are followed are asked for together, and nothing is when nobody follows", async () => {
  let reads = 0;
  await using fleet = await startFleet({
    passage: async (name) => {
      if (name === "read") reads += 1;
    },
  });
  const [one, other] = fleet.members;
  const streams = [];
  for (let index = 0; index < 5; index += 1) {
    other.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
    const id = await ask(fleet, other);
    const stream = openFollowed(`${urlOf(one, id)}?stream=true`);
    await fleet.time.until(stream.readUntil("one "));
    streams.push(stream);
  }
  const countFor = async (ms: number) => {
    const before = reads;
    for (let passed = 0; passed < ms; passed += 50) {
      fleet.time.pass(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return reads - before;
  };
  expect(await countFor(5000)).toBeLessThanOrEqual(51);
  for (const stream of streams) stream.leave();
  await fleet.time.untilTrue(async () => (await countFor(1000)) === 0);
});

test("all together run no more than there may be", async () => {
  await using fleet = await startFleet({ bounds: { running: 2 } });
  const [one, other, third] = fleet.members;
  for (const member of [one, other]) {
    member.simulator.enqueue({ text: "never", gate: never });
    await ask(fleet, member);
  }
  const refused = await post(`${third.url}/v1/responses`, { model, input: "hi", background: true });
  expect(refused).toMatchObject({ status: 503 });
  expect(refused.json().error.message).toMatch(/run in the background/);
  expect(third.simulator.chats).toEqual([]);
});

test("stores that have runs are all that gateways need to share them", async () => {
  const config = { STORED_RESPONSES: 10, LEDGER_DAYS: 0 };
  const stores = createMemoryStores(config, { now: Date.now });
  const shared = { ...stores, runs: createMemoryRuns({ now: Date.now }), close: async () => {} };
  await using one = await startStack({ overrides: { stores: { ...shared, owner: "one" } } });
  await using other = await startStack({ overrides: { stores: { ...shared, owner: "other" } } });
  const gate = createGate();
  one.simulator.enqueue({ text: ["one ", "two"], gate: gate.promise, gateAfter: 1 });
  const { id } = (await post(`${one.url}/v1/responses`, { model, input: "hi", background: true })).json();
  const followed = openFollowed(`${urlOf(other, id)}?stream=true`);
  await followed.readUntil("one ");
  gate.open();
  expect(checkEvents(parseFrames(await followed.readRest()))).toMatchObject({ status: "completed" });
});
