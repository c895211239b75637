/** Conversations of several gateways on one PostgreSQL, and after the end of one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import { startSimulator } from "../../src/simulator/index.ts";
import { createGate } from "../support/gate.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { openTestDatabase } from "../support/postgres/open-test-database.ts";
import { type AnyJson, get, post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";
import { startGatewayProcess } from "./start-gateway-process.ts";

/** It does not think: its answers are one item. */
const model = "Meta-Llama-3-3-70B-Instruct";

function respond(url: string, conversation: string, input: string, more: object = {}) {
  return post(`${url}/v1/responses`, { model, conversation, input, ...more });
}

async function createConversation(url: string): Promise<string> {
  return (await post(`${url}/v1/conversations`, {})).json().id;
}

async function wordsOf(url: string, id: string): Promise<readonly string[]> {
  const { data } = (await get(`${url}/v1/conversations/${id}/items?order=asc`)).json();
  return data.map((item: AnyJson) => item.content[0].text);
}

async function* halting(gate: Promise<void>): AsyncGenerator<string> {
  await gate;
  yield "Done.";
}

test("two gateways on one database answer in a conversation in turn, never at once", async () => {
  const env = { DATABASE_URL: (await openTestDatabase()).url };
  await using one = await startStack({ env });
  await using other = await startStack({ env });
  const id = await createConversation(one.url);
  await respond(one.url, id, "One.");
  await respond(other.url, id, "Two.");
  const words = await wordsOf(one.url, id);
  expect([words[0], words[2], words.length]).toEqual(["One.", "Two.", 4]);
  const prompt = JSON.stringify(other.simulator.chats.at(-1)?.body);
  expect(prompt).toMatch(/One\..*Two\./s);

  const gate = createGate();
  one.simulator.enqueue({ text: halting(gate.promise) });
  const { id: response } = (await respond(one.url, id, "Three.", { background: true })).json();
  for (const stream of [false, true]) {
    const refused = await respond(other.url, id, "Four.", { stream });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.json().error.code).toBe("conversation_locked");
  }
  gate.open();
  const at = `${other.url}/v1/responses/${response}`;
  await expect.poll(async () => (await get(at)).json().status).toBe("completed");
  // Who sees it completed, wherever, goes on at once.
  expect((await respond(other.url, id, "Four.")).json()).toMatchObject({ status: "completed" });
  expect((await wordsOf(other.url, id)).slice(4, 7)).toEqual(["Three.", "Done.", "Four."]);

  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      respond(index % 2 ? one.url : other.url, id, `At once ${index}.`),
    ),
  );
  const statuses = all.map(({ status }) => status);
  expect(statuses.filter((status) => ![200, 400].includes(status))).toEqual([]);
  const added = statuses.filter((status) => status === 200).length;
  expect(added).toBeGreaterThan(0);
  expect(await wordsOf(one.url, id)).toHaveLength(8 + 2 * added);
});

test("the conversation of a gateway that was killed is free after its lease", async () => {
  const { url, ask } = await openTestDatabase();
  const simulator = await startSimulator();
  const killed = await startGatewayProcess(url, simulator.url);
  await using other = await startGatewayProcess(url, simulator.url);
  const id = await createConversation(killed.url);
  simulator.enqueue({ text: halting(new Promise(() => {})) });
  await respond(killed.url, id, "One.", { background: true });
  await expect.poll(() => simulator.chats.length).toBe(1);
  await killed.kill();
  expect((await respond(other.url, id, "Two.")).json().error?.code).toBe("conversation_locked");
  // The lease of whoever is dead ends now, in place of some seconds later.
  await ask("UPDATE gateway.conversations SET held_until = 0");
  expect((await respond(other.url, id, "Three.")).json()).toMatchObject({ status: "completed" });
  expect((await wordsOf(other.url, id))[0]).toBe("Three.");
  await simulator.close();
});

test.runIf(hasSqlite)("DATA_DIR keeps conversations over a restart", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "conversations-"));
  const env = { DATA_DIR: directory };
  const first = await startStack({ env });
  const id = await createConversation(first.url);
  await respond(first.url, id, "One.");
  await first.close();
  await using second = await startStack({ env });
  await respond(second.url, id, "Two.");
  expect(await wordsOf(second.url, id)).toHaveLength(4);
  expect(JSON.stringify(second.simulator.chats.at(-1)?.body)).toMatch(/One\..*Two\./s);
  await second.close();
  await rm(directory, { recursive: true });
});
