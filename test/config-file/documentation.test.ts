import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

import { describeMistakes } from "../../src/config-file/mistake.ts";
import { readConfigFile } from "../../src/config-file/read-config-file.ts";
import { upstreamSchema } from "../../src/config-file/upstream-schema.ts";
import { setupOf, upstreamTypes } from "../../src/config-file/upstream-types.ts";
import { readConfig } from "../../src/config.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const upstreams = page("upstreams.md");
const blocksOf = (text: string) =>
  [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, block = ""]) => block);

/** Reads an example with each of its variables set and each of its secrets there. */
function read(example: string) {
  const folder = mkdtempSync(join(tmpdir(), "documented-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "secret"), "s");
  const path = join(folder, "gateway.yaml");
  writeFileSync(path, example.replace(/\$\{file:[^}]*\}/g, "${file:secret}"));
  const environment = Object.fromEntries(
    [...example.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name = ""]) => [name, "value"]),
  );
  const reading = readConfigFile({ path, environment, settings: readConfig({}) });
  return [...(reading.ok ? [] : describeMistakes(reading.mistakes)), ...describeMistakes(reading.warnings)];
}

describe("the examples of the file", () => {
  const examples = [...blocksOf(upstreams), ...blocksOf(page("configuration.md"))];

  it("are there", () => {
    expect(examples.length).toBeGreaterThan(7);
  });

  it.each(examples)("are right: %#", (example) => {
    expect(read(example)).toEqual([]);
  });

  it("have quotes around ${…} within braces, where YAML wants them", () => {
    for (const example of examples) expect(() => void parse(example)).not.toThrow();
  });

  it("have every key in one, with what it is in a comment", () => {
    const example = upstreams.split("### Every key")[1]?.split("###")[0] ?? "";
    const models = upstreamSchema.options.flatMap(({ shape }) => Object.keys(shape.models.unwrap().shape));
    const keys = new Set([...upstreamSchema.options.flatMap(({ shape }) => Object.keys(shape)), ...models]);
    expect(keys.size).toBeGreaterThan(15);
    for (const key of keys) expect(example).toMatch(new RegExp(`^ +(?:- )?${key}: `, "m"));
  });
});

it("the table of types has each of them, its address and whether it needs a key", () => {
  const rows = [
    ...(upstreams.split("### Types")[1]?.split("###")[0] ?? "").matchAll(
      /^\| `([\w-]+)` \| .+? \| (.+?) \| (.+?) \|$/gm,
    ),
  ];
  const documented = rows.slice(1).map(([, type, url, key]) => [type, url, key]);
  const expected = upstreamTypes.slice(1).map((name) => {
    const { baseUrl, keyVariable } = setupOf(name);
    return [
      name,
      baseUrl === undefined ? "must be given" : `\`${baseUrl}\``,
      keyVariable === undefined ? "if it wants one" : "needed",
    ];
  });
  expect(documented).toEqual([["akash-chat", "`AKASH_BASE_URL`", "none; see `access_token`"], ...expected]);
});
