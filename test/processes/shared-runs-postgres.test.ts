/** Background responses of several gateways on one PostgreSQL: in processes of their own, and while the database is away. */
import { expect, test } from "vitest";

import { startSimulator } from "../../src/simulator/index.ts";
import { startRealTimer } from "../../src/stream/real-timer.ts";
import { checkEvents } from "../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { openStores } from "./postgres/open-engine.ts";
import { createGate } from "../support/gate.ts";
import { openFollowed } from "../support/open-followed.ts";
import { get, post } from "../support/post.ts";
import { openTestDatabase } from "../support/postgres/open-test-database.ts";
import { startPostgres } from "../support/postgres/start-postgres.ts";
import { startStack } from "../support/start-stack.ts";
import { startGatewayProcess } from "./start-gateway-process.ts";

const model = "DeepSeek-V3.2";
const never = new Promise<void>(() => {});
const patience = { timeout: 60_000 };

async function ask(url: string): Promise<string> {
  const reply = await post(`${url}/v1/responses`, { model, input: "hi", background: true });
  expect(reply).toMatchObject({ status: 200 });
  return reply.json().id;
}

test("one whose process is killed fails at the others, and is stored so", patience, async () => {
  const { url, ask: askDatabase } = await openTestDatabase();
  const simulator = await startSimulator();
  const one = await startGatewayProcess(url, simulator.url);
  await using other = await startGatewayProcess(url, simulator.url);
  await using third = await startGatewayProcess(url, simulator.url);
  simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const lost = await ask(one.url);
  const followed = openFollowed(`${other.url}/v1/responses/${lost}?stream=true`);
  await followed.readUntil("one ");
  await one.kill();
  const events = parseFrames(await followed.readRest());
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  expect(events.at(-1)).toMatchObject({
    type: "response.failed",
    response: {
      status: "failed",
      error: { message: "The gateway stopped before the response was complete." },
    },
  });
  for (const { url: at } of [other, third])
    expect((await get(`${at}/v1/responses/${lost}`)).json()).toMatchObject({ status: "failed" });
  const [row] = await askDatabase("SELECT body FROM gateway.responses WHERE id = $1", [lost]);
  expect(JSON.parse(String(row?.["body"]))).toMatchObject({ response: { id: lost, status: "failed" } });
  await simulator.close();
});

test("one goes on while the database is away, and what it said comes later elsewhere", patience, async () => {
  const server = await startPostgres();
  const { url } = await openTestDatabase(server);
  const stores = [await openStores(url), await openStores(url)] as const;
  const [one, other] = await Promise.all(
    stores.map(({ responses, runs, owner }) =>
      startStack({
        overrides: { store: responses, sharedRuns: { runs, process: owner, startTimer: startRealTimer } },
      }),
    ),
  );
  if (one === undefined || other === undefined) throw new Error("there are two");
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
  const id = await ask(one.url);
  const here = openFollowed(`${one.url}/v1/responses/${id}?stream=true`);
  const there = openFollowed(`${other.url}/v1/responses/${id}?stream=true`);
  await there.readUntil("one ");
  await server.stop("immediate");
  gate.open();
  await here.readUntil("two ");
  expect(await get(`${other.url}/v1/responses/${id}`)).toMatchObject({ status: 503 });
  await server.start();
  await there.readUntil("two ");
  last.open();
  const events = parseFrames(await there.readRest());
  expect(checkEvents(events)).toMatchObject({ status: "completed" });
  expect(parseFrames(await here.readRest())).toEqual(events);
  await Promise.all([one.close(), other.close()]);
  await Promise.all(stores.map((store) => store.close()));
  await server.close();
});
