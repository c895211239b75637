import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";

import { startProgram } from "../support/run-program.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "start-modules-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes down at the end of the process what it has loaded. */
const witness = `
const { writeFileSync } = require("node:fs");
process.on("exit", () => {
  writeFileSync(process.env.LOADED_FILE, JSON.stringify([...Object.keys(require.cache), ...process.moduleLoadList]));
});
`;

// Each of these takes 10 to 60 ms of a start, and megabytes for as long as the gateway runs.
test("a start loads nothing that only some requests or settings need", async () => {
  const loadedFile = join(folder, "loaded.json");
  writeFileSync(join(folder, "witness.cjs"), witness);
  const child = startProgram(
    ["serve"],
    {
      SERVER_ADDRESS: "127.0.0.1:0",
      NODE_OPTIONS: `--require=${join(folder, "witness.cjs")}`,
      LOADED_FILE: loadedFile,
    },
    folder,
  );
  await once(createInterface({ input: child.stdout }), "line");
  child.kill("SIGTERM");
  await once(child, "exit");
  const loaded: string[] = JSON.parse(readFileSync(loadedFile, "utf8"));
  const files = loaded.map((file) => file.replaceAll("\\", "/"));
  // What it needs is written down; of packages only those that are not in the bundle, where that is what runs.
  expect(files).toContain("NativeModule _http_server");
  const unneeded =
    /\/node_modules\/(?:yaml|smol-toml|sharp|jsonc-parser|fast-json-stringify\/index|@fastify\/ajv-compiler|prom-client|@opentelemetry|gpt-tokenizer\/cjs)\b|Internal.*deps\/undici/;
  expect(files.filter((file) => unneeded.test(file))).toEqual([]);
});
