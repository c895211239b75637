import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { mostFacts } from "../../../src/upstreams/memory/capability-memory.ts";
import { openFileCapabilities } from "../../../src/upstreams/memory/file-capabilities.ts";
import { createMemoryCapabilities } from "../../../src/upstreams/memory/memory-capabilities.ts";

let folder = "";
const warned: string[] = [];
const log = {
  debug() {},
  info() {},
  warn: (details: object, message: string) => void warned.push(`${message}: ${Reflect.get(details, "file")}`),
};
const path = () => join(folder, "deep", "upstreams.json");
const open = () => openFileCapabilities(path(), log);
const facts = { capabilities: { tools: "emulated" }, mark: "vllm", learnedAt: 5 } as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "memory-"));
  warned.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

test("what was learned is there after a restart, and what was forgotten is not", async () => {
  const memory = await open();
  memory.set("a", facts);
  memory.set("b", { maxOutputTokens: 9, contextLength: 99, build: "b1", learnedAt: 6 });
  memory.set("c", facts);
  memory.set("c", undefined);
  await memory.settle();
  const again = await open();
  expect([again.get("a"), again.get("b"), again.get("c")]).toEqual([
    facts,
    { maxOutputTokens: 9, contextLength: 99, build: "b1", learnedAt: 6 },
    undefined,
  ]);
  expect(warned).toEqual([]);
  // The draft is gone.
  expect(await readdir(join(folder, "deep"))).toEqual(["upstreams.json"]);
});

test("changes while it writes are written, too", async () => {
  const memory = await open();
  for (let count = 0; count < 50; count += 1) memory.set(`m${count}`, { ...facts, learnedAt: count });
  await memory.settle();
  const again = await open();
  expect(again.get("m0")).toBeDefined();
  expect(again.get("m49")).toBeDefined();
});

test("two processes with one file forget nothing of each other, and learn from each other when they write", async () => {
  const gateway = await open();
  const doctor = await open();
  gateway.set("a", facts);
  await gateway.settle();
  doctor.set("b", facts);
  await doctor.settle();
  expect(gateway.get("b")).toBeUndefined();
  gateway.set("a", { ...facts, learnedAt: 6 });
  gateway.set("c", facts);
  await gateway.settle();
  expect(gateway.get("b")).toEqual(facts);
  doctor.set("c", undefined);
  await doctor.settle();
  const again = await open();
  expect(["a", "b", "c"].map((key) => again.get(key)?.learnedAt)).toEqual([6, 5, undefined]);
});

describe("a file in another form", () => {
  test.each(["", "no JSON", "[]", '{"version":2,"models":{}}', '{"version":1}', "null"])(
    "%s: nothing is known, and the log says so",
    async (text) => {
      const memory = await open();
      memory.set("a", facts);
      await memory.settle();
      await writeFile(path(), text);
      const again = await open();
      expect(again.get("a")).toBeUndefined();
      expect(warned).toEqual([expect.stringContaining(path())]);
    },
  );

  test("entries and members that can't be read are left out", async () => {
    const memory = await open();
    memory.set("a", facts);
    await memory.settle();
    const models = {
      bad: 5,
      timeless: { contextLength: 5 },
      half: { capabilities: { tools: "maybe" }, maxOutputTokens: -1, contextLength: 7, learnedAt: 1 },
      good: { capabilities: { images: "native" }, learnedAt: 2 },
    };
    await writeFile(path(), JSON.stringify({ version: 1, models }));
    const again = await open();
    expect(["bad", "timeless", "half", "good"].map((key) => again.get(key))).toEqual([
      undefined,
      undefined,
      { contextLength: 7, learnedAt: 1 },
      { capabilities: { images: "native" }, learnedAt: 2 },
    ]);
  });
});

test("a place that can't be written is told once, and what was learned holds until the end", async () => {
  await writeFile(join(folder, "deep"), "a file in place of the folder");
  const memory = await open();
  warned.length = 0;
  for (let count = 0; count < 3; count += 1) {
    memory.set("a", facts);
    await memory.settle();
  }
  expect(memory.get("a")).toEqual(facts);
  expect(warned).toEqual([expect.stringContaining(path())]);
});

test("no memory grows without end", async () => {
  for (const memory of [await open(), createMemoryCapabilities()]) {
    for (let count = 0; count <= mostFacts; count += 1) memory.set(`m${count}`, facts);
    await memory.settle();
    expect(memory.get("m0")).toBeUndefined();
    expect(memory.get(`m${mostFacts}`)).toEqual(facts);
  }
  const written = JSON.parse(await readFile(path(), "utf8")) as { models: object };
  expect(Object.keys(written.models)).toHaveLength(mostFacts);
});

test("the oldest are the first to go, after a restart as well", async () => {
  const memory = await open();
  for (let count = 0; count < mostFacts; count += 1) memory.set(`m${count}`, facts);
  await memory.settle();
  const again = await open();
  again.set("new", facts);
  expect(["m0", "m1", `m${mostFacts - 1}`].map((key) => again.get(key) !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
  await again.settle();
});

test("a memory without a file forgets what it shall", () => {
  const memory = createMemoryCapabilities();
  memory.set("a", facts);
  memory.set("a", undefined);
  expect(memory.get("a")).toBeUndefined();
});
