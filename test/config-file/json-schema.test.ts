import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { createConfigJsonSchema } from "../../src/config-file/json-schema.ts";
import { maskVariables, unmaskVariables } from "../../src/config-file/mask-variables.ts";
import { upstreamTypes } from "../../src/config-file/upstream-types.ts";

const published: Record<string, unknown> = JSON.parse(
  readFileSync(new URL("../../gateway.schema.json", import.meta.url), "utf8"),
);
const validate: ValidateFunction = new Ajv({ strict: false, allErrors: true }).compile(published);

function parseExample(name: string): unknown {
  const source = readFileSync(new URL(`../fixtures/config-file/${name}`, import.meta.url), "utf8");
  return parse(
    maskVariables(source),
    (_, value: unknown) => (typeof value === "string" ? unmaskVariables(value) : value),
    { merge: true },
  );
}

describe("gateway.schema.json", () => {
  it("is what the code says (else: npm run schema)", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(createConfigJsonSchema())));
  });

  it("is in the package, where the first line of a file finds it", () => {
    const { files } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(files).toContain("gateway.schema.json");
    const path = createRequire(import.meta.url).resolve("akashchat-api/gateway.schema.json");
    expect(path).toBe(fileURLToPath(new URL("../../gateway.schema.json", import.meta.url)));
  });

  it.each(["issue.yaml", "everything.yaml"])("takes %s", (name) => {
    validate(parseExample(name));
    expect(validate.errors).toBeNull();
  });

  it.each([...upstreamTypes])("knows the type %s", (type) => {
    const upstream = {
      name: "a",
      type,
      base_url: "${URL}",
      ...(type === "akash-chat" ? {} : { api_key: "k" }),
    };
    validate({ upstreams: [upstream] });
    expect(validate.errors).toBeNull();
  });

  it.each<[string, unknown]>([
    ["no upstreams", {}],
    ["an unknown key", { upstreams: [{ name: "a", type: "vllm" }], modles: {} }],
    ["an unknown type", { upstreams: [{ name: "a", type: "ollma" }] }],
    ["no address", { upstreams: [{ name: "a", type: "openai" }] }],
    ["no key", { upstreams: [{ name: "a", type: "akashml" }] }],
    ["an address without http", { upstreams: [{ name: "a", type: "vllm", base_url: "gpu:8000" }] }],
    ["an unknown word", { upstreams: [{ name: "a", type: "vllm", models: { tools: "yes" } }] }],
    ["a text for a list", { upstreams: [{ name: "a", type: "vllm" }], models: { a: "b/c" } }],
  ])("refuses %s", (_, file) => {
    expect(validate(file)).toBe(false);
  });

  it("describes every option to editors", () => {
    const nameless = Object.values(published["definitions"] ?? {}).flatMap((definition: object) =>
      "properties" in definition || "oneOf" in definition ? [] : [definition],
    );
    expect(nameless.length).toBeGreaterThan(10);
    const source = JSON.stringify(published);
    for (const word of ["emulated", "Without a path, /v1 is meant", "Your own names for models"]) {
      expect(source).toContain(word);
    }
  });
});
