/** Another gateway.yaml while the gateway works: what is under way ends where it began, and what comes goes elsewhere. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { createLog } from "../../src/log.ts";
import { startCompatibleSimulator } from "../../src/simulator/compatible/index.ts";
import { countSockets } from "../support/count-sockets.ts";
import { createGate } from "../support/gate.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post, type AnyJson } from "../support/post.ts";
import { startProgram } from "../support/run-program.ts";
import { startConfigured } from "../support/start-configured.ts";
import { dialects } from "./support/dialects.ts";

const model = "Qwen/Qwen3-8B";
const models = [{ id: model }];

const fileOf = (...upstreams: readonly (readonly [name: string, url: string])[]) =>
  `upstreams:\n${upstreams.map(([name, url]) => `  - { name: ${name}, type: vllm, base_url: "${url}" }\n`).join("")}`;

/** A log of JSON lines, and a promise for the next one of an event. */
async function createLogged() {
  const waiting: { readonly event: string; readonly tell: (entry: AnyJson) => void }[] = [];
  const log = await createLog(
    { LOG_LEVEL: "info", LOG_FORMAT: "json" },
    {
      isTTY: false,
      write(line) {
        const entry: AnyJson = JSON.parse(line);
        const at = waiting.findIndex(({ event }) => event === entry.event);
        if (at !== -1) waiting.splice(at, 1)[0]?.tell(entry);
      },
    },
    {},
  );
  const next = (event: string) =>
    new Promise<AnyJson>((tell) => {
      waiting.push({ event, tell });
    });
  return { log, next };
}

test("fifty streams end where they began, and their upstream is closed behind the last of them", async () => {
  await using old = await startCompatibleSimulator({ persona: "vllm", models });
  await using fresh = await startCompatibleSimulator({ persona: "vllm", models });
  await using counted = await countSockets(old.baseUrl);
  const { log, next } = await createLogged();
  await using gateway = await startConfigured(fileOf(["old", counted.url]), { overrides: { log } });
  const gate = createGate();
  const count = 50;
  const streams = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const dialect = dialects[at % dialects.length];
      if (dialect === undefined) throw new Error("There is no dialect.");
      const marker = `R${at}.`;
      old.enqueue({
        kind: "answer",
        text: [`${marker} begun, `, gate.promise, `${marker} done.`],
        when: ({ body }) => JSON.stringify(body).includes(marker),
      });
      const body = { ...dialect.body(marker, model), stream: true };
      const stream = await openStream(gateway.url + dialect.path, body);
      await stream.readUntil("begun");
      return { dialect, marker, stream };
    }),
  );
  expect(counted.open).toBeGreaterThanOrEqual(count);

  const changed = next("config-changed");
  await gateway.write(fileOf(["fresh", fresh.baseUrl]));
  expect(await changed).toMatchObject({ upstreams: ["fresh"] });

  const before = old.chats.length;
  const answers = await Promise.all(
    dialects.map((dialect) => post(gateway.url + dialect.path, dialect.body("Say hello", model))),
  );
  expect(answers.map(({ status, headers }) => [status, headers["x-upstream"]])).toEqual(
    dialects.map(() => [200, `fresh/${model}`]),
  );
  expect(old.chats).toHaveLength(before);
  // Those that answer are open; what was idle may go.
  expect(counted.open).toBeGreaterThanOrEqual(count);

  gate.open();
  for (const { dialect, marker, stream } of streams) {
    const { text, error, finish } = dialect.readStream(await stream.readRest());
    expect({ text, error }).toEqual({ text: `${marker} begun, ${marker} done.`, error: undefined });
    expect(finish).toBeDefined();
  }
  await counted.settle(0);
});

test("an upstream that stays keeps its connections, and one that is left out and comes back answers again", async () => {
  await using one = await startCompatibleSimulator({ persona: "vllm", models });
  await using two = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "other" }] });
  await using counted = await countSockets(one.baseUrl);
  const both = fileOf(["one", counted.url], ["two", two.baseUrl]);
  await using gateway = await startConfigured(both);
  const ask = async (id: string) => {
    const body = { model: id, messages: [{ role: "user", content: "Say hello" }] };
    const { status, headers } = await post(`${gateway.url}/v1/chat/completions`, body);
    return [status, headers["x-upstream"]];
  };
  expect(await ask(model)).toEqual([200, `one/${model}`]);
  const lists = one.requests.length;

  await gateway.write(fileOf(["one", counted.url]));
  expect(gateway.gateway.services.reload()).toBe("changed");
  expect(await ask(model)).toEqual([200, `one/${model}`]);
  // What is known of it is kept: no list is asked for again.
  expect(one.requests).toHaveLength(lists + 1);
  expect((await ask("other"))[0]).toBe(500);

  await gateway.write(both);
  expect(gateway.gateway.services.reload()).toBe("changed");
  expect(await ask("other")).toEqual([200, "two/other"]);

  await gateway.write(fileOf(["two", two.baseUrl]));
  expect(gateway.gateway.services.reload()).toBe("changed");
  await counted.settle(0);
});

test.each([
  ["is no YAML", "upstreams: [\n"],
  ["has no upstream", "upstreams: []\n"],
  ["has an unknown type", "upstreams: [{ name: x, type: nothing }]\n"],
  ["lacks a variable", "upstreams: [{ name: x, type: akashml, api_key: '${NOT_THERE}' }]\n"],
  ["is empty", ""],
])("a file that %s changes nothing, and is told", async (_what, text) => {
  await using server = await startCompatibleSimulator({ persona: "vllm", models });
  const { log, next } = await createLogged();
  const file = fileOf(["mine", server.baseUrl]);
  await using gateway = await startConfigured(file, { overrides: { log } });
  const gate = createGate();
  server.enqueue({ kind: "answer", text: ["one ", gate.promise, "two"] });
  const body = { model, messages: [{ role: "user", content: "Say hello" }] };
  const stream = await openStream(`${gateway.url}/v1/chat/completions`, { ...body, stream: true });
  await stream.readUntil("one");

  const wrong = next("config-wrong");
  await gateway.write(text);
  expect((await wrong).problems).not.toEqual([]);
  expect(await post(`${gateway.url}/v1/chat/completions`, body)).toMatchObject({ status: 200 });
  gate.open();
  expect(await stream.readRest()).toContain("two");

  await gateway.write(file);
  expect(gateway.gateway.services.reload()).toBe("same");
});

test("the program reads its file again on SIGHUP, and streams on", async () => {
  await using old = await startCompatibleSimulator({ persona: "vllm", models });
  await using fresh = await startCompatibleSimulator({ persona: "vllm", models });
  const folder = await mkdtemp(join(tmpdir(), "sighup-"));
  const path = join(folder, "gateway.yaml");
  await writeFile(path, fileOf(["old", old.baseUrl]));
  const settings = { SERVER_ADDRESS: "127.0.0.1:0", LOG_FORMAT: "json", CONFIG_FILE: path };
  const child = startProgram(["serve"], settings, folder);
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    /** Reads on to the line of an event. */
    const line = async (event: string): Promise<AnyJson> => {
      for (;;) {
        const { done, value } = await lines.next();
        if (done === true) throw new Error(`The program ended before ${event}.`);
        const entry: AnyJson = JSON.parse(value);
        if (entry.event === event) return entry;
      }
    };
    const { address } = await line("start");
    const gate = createGate();
    old.enqueue({ kind: "answer", text: ["one ", gate.promise, "two"] });
    const body = { model, messages: [{ role: "user", content: "Say hello" }] };
    const stream = await openStream(`${address}/v1/chat/completions`, { ...body, stream: true });
    await stream.readUntil("one");

    await writeFile(path, "upstreams: nothing\n");
    await line("config-wrong");
    // Seen by itself it is told once; asked for, again.
    child.kill("SIGHUP");
    await line("config-wrong");
    await writeFile(path, fileOf(["fresh", fresh.baseUrl]));
    child.kill("SIGHUP");
    expect(await line("config-changed")).toMatchObject({ upstreams: ["fresh"] });

    const { status, headers } = await post(`${address}/v1/chat/completions`, body);
    expect([status, headers["x-upstream"]]).toEqual([200, `fresh/${model}`]);
    gate.open();
    expect(await stream.readRest()).toContain("[DONE]");
    expect((await get(`${address}/health`)).status).toBe(200);
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
    await rm(folder, { recursive: true });
  }
});
