/** docs/library.md does what it says: its example runs, and what it names is there. */
import { readFileSync } from "node:fs";

import OpenAI from "openai";
import { expect, test } from "vitest";

import * as library from "../src/index.ts";
import { startSimulator } from "../src/simulator/index.ts";
import { noPage } from "./support/start-stack.ts";

const page = readFileSync(new URL("../docs/library.md", import.meta.url), "utf8");

/** The constructor of functions whose body may wait. */
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...of: string[]
) => (...of: unknown[]) => Promise<void>;

async function settings() {
  const simulator = await startSimulator();
  const env = {
    CONFIG_FILE: "none",
    AKASH_BASE_URL: simulator.url,
    SERVER_ADDRESS: "127.0.0.1:0",
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
  };
  return { simulator, env };
}

test("its example runs", async () => {
  const { simulator, env } = await settings();
  simulator.enqueue({ text: "Hello there." });
  simulator.enqueue({ text: "one two three" });
  const code = /```js\n(.*?)```/s.exec(page)?.[1] ?? "";
  const [line = ""] = code.split("\n");
  const names = /^import \{ (.*) \} from "akashchat-api";$/.exec(line)?.[1]?.split(", ") ?? [];
  const given = names.map((name) => Reflect.get(library, name) as unknown);
  expect(given).not.toContain(undefined);
  expect(given.length).toBeGreaterThan(0);
  const said: string[] = [];
  const log = (value: unknown) => void said.push(String(value));
  const run = new AsyncFunction(...names, "process", "console", code.slice(line.length));
  await run(...given, { env }, { log });
  expect(said[0]).toBe("Hello there.");
  expect(said.slice(1, -1).join("")).toMatch(/response\.created.*response\.completed/s);
  expect(said.at(-1)).toBe("200");
  await simulator.close();
});

test("an SDK asks a gateway that listens nowhere", async () => {
  const { simulator, env } = await settings();
  const gateway = await library.createGateway(library.readConfig(env), {
    consoleFolder: noPage,
    referenceFolder: noPage,
  });
  const client = new OpenAI({
    baseURL: "http://localhost/v1",
    apiKey: "any",
    fetch: (url, init) => gateway.fetch(new Request(url, init)),
  });
  simulator.enqueue({ text: "Hello there." });
  const stream = client.responses.stream({ model: "auto", input: "Hi" });
  expect((await stream.finalResponse()).output_text).toBe("Hello there.");
  await gateway.close();
  await simulator.close();
});
