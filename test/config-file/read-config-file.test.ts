import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readConfig } from "../../src/config.ts";
import { describeMistakes } from "../../src/config-file/mistake.ts";
import { readConfigFile } from "../../src/config-file/read-config-file.ts";
import { readText } from "../../src/config-file/read-text.ts";
import type { ConfigurationReading } from "../../src/config-file/reading.ts";

const examples = fileURLToPath(new URL("../fixtures/config-file/", import.meta.url));
const settings = readConfig({
  AKASH_BASE_URL: "https://chat.example",
  AKASH_ACCESS_TOKEN: "settings-token",
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(path: string, environment: Record<string, string> = {}): ConfigurationReading {
  return readConfigFile({ path, environment, settings });
}

function readSource(source: string | Buffer, environment: Record<string, string> = {}): ConfigurationReading {
  const path = join(folder, "gateway.yaml");
  writeFileSync(path, source);
  return read(path, environment);
}

/** Without the folder in front. */
function mistakesOf(reading: ConfigurationReading): readonly string[] {
  return reading.ok
    ? []
    : describeMistakes(reading.mistakes).map((line) => line.replaceAll(`${folder}/`, ""));
}

function configurationOf(reading: ConfigurationReading) {
  if (!reading.ok) throw new Error(describeMistakes(reading.mistakes).join("\n"));
  return reading.configuration;
}

function refuse(): never {
  throw Object.assign(new Error("no"), { code: "EACCES" });
}

const withKey = (key: string) => `upstreams: [{ name: a, type: akashml, api_key: ${key} }]`;

const upstreams = "upstreams:\n  - { name: web, type: akash-chat }\n  - { name: gpu, type: vllm }\n";

describe("a file that is right", () => {
  it("may have variables within braces, where plain YAML has none", () => {
    const reading = read(join(examples, "issue.yaml"), { AKASHML_API_KEY: "akml-1" });
    expect(configurationOf(reading)).toEqual({
      file: join(examples, "issue.yaml"),
      upstreams: [
        expect.objectContaining({
          name: "web",
          type: "akash-chat",
          baseUrl: "https://chat.example",
          accessToken: "settings-token",
        }),
        expect.objectContaining({
          name: "akashml",
          type: "akashml",
          baseUrl: "https://api.akashml.com/v1",
          apiKey: "akml-1",
        }),
        expect.objectContaining({
          name: "mine",
          type: "openai",
          baseUrl: "http://gpu:8000/v1",
          apiKey: undefined,
          models: { all: { tools: "auto" }, overrides: [], include: undefined },
        }),
      ],
      models: [
        {
          name: "fast",
          targets: [
            { upstream: "web", model: "DeepSeek-V3.2" },
            { upstream: "akashml", model: "deepseek-ai/DeepSeek-V4-Flash" },
          ],
        },
        { name: "local", targets: [{ upstream: "mine", model: "*" }] },
      ],
      aliases: [
        { from: "gpt-*", to: "fast" },
        { from: "claude-*", to: "fast" },
      ],
    });
  });

  it("has all options, anchors, merges, secrets and defaults", () => {
    const reading = read(join(examples, "everything.yaml"), { AKASH_ACCESS_TOKEN: "t1" });
    const [web, gpu, second, laptop] = configurationOf(reading).upstreams;
    expect(web).toEqual({
      name: "web",
      type: "akash-chat",
      baseUrl: "https://chat.akash.network",
      accessToken: "t1",
      cookie: "a=b; c=d",
      userAgent: "my gateway",
      headers: {},
      firstByteTimeoutMs: undefined,
      idleTimeoutMs: undefined,
      models: { all: { images: "none" }, overrides: [], include: ["DeepSeek-*"] },
    });
    expect(gpu).toEqual({
      name: "gpu",
      type: "vllm",
      baseUrl: "http://gpu:8000/v1",
      apiKey: "vllm-key",
      headers: { "X-Team": "research", "X-Price": "${20}" },
      firstByteTimeoutMs: 120_000,
      idleTimeoutMs: 60_000,
      models: {
        all: {
          tools: "emulated",
          parallelToolCalls: "auto",
          jsonSchema: "native",
          jsonObject: "native",
          reasoning: "emulated",
          stop: "native",
          images: "native",
          contextLength: 32_768,
          maxOutputLength: 8192,
          price: { input: 0, output: 0.5 },
        },
        overrides: [{ match: "llama*", options: { tools: "native", contextLength: 131_072 } }],
        include: ["Qwen/Qwen3.6-35B-A3B", "llama*"],
      },
    });
    expect(second).toMatchObject({ name: "gpu-2", baseUrl: "http://gpu-2:8000/v1", apiKey: "vllm-key" });
    expect(second?.models.all).toMatchObject({ tools: "auto", jsonSchema: "native" });
    expect(laptop).toMatchObject({ type: "ollama", baseUrl: "http://localhost:11434/v1" });
    expect(reading.files).toEqual([join(examples, "everything.yaml"), join(examples, "secrets/key")]);
  });

  it("may have empty sections, and a byte order mark", () => {
    const configuration = configurationOf(readSource(`\uFEFF${upstreams}models:\naliases:\n  # a: b\n`));
    expect(configuration).toMatchObject({ models: [], aliases: [] });
  });

  it("does not send the login of the settings to another address", () => {
    const source = "upstreams: [{ name: web, type: akash-chat, base_url: http://other }]";
    expect(configurationOf(readSource(source)).upstreams[0]).toMatchObject({
      baseUrl: "http://other",
      accessToken: undefined,
    });
  });

  it.each([
    ["openai", "https://api.example", "https://api.example"],
    ["vllm", "http://gpu:8000/", "http://gpu:8000/v1"],
    ["ollama", "http://gpu/ollama/v1//", "http://gpu/ollama/v1"],
    ["llamacpp", "http://gpu/api", "http://gpu/api"],
  ])("%s at %s is at %s", (type, given, baseUrl) => {
    const source = `upstreams: [{ name: a, type: ${type}, base_url: "${given}" }]`;
    expect(configurationOf(readSource(source)).upstreams[0]).toMatchObject({ baseUrl });
  });

  it("is used with warnings where something is likely meant otherwise", () => {
    const reading = readSource(`${upstreams}models: { fast: [web/*] }\naliases: { a: fsat, b: Some-Model }`);
    expect(reading.ok).toBe(true);
    expect(describeMistakes(reading.warnings).map((line) => line.replaceAll(`${folder}/`, ""))).toEqual([
      "gateway.yaml:5:15: `fsat` is neither a name of `models` nor upstream/model, so it is taken for a model's id. Did you mean `fast`?",
    ]);
  });
});

describe("a file that is wrong", () => {
  it("tells every mistake at once, at its place, and shows no value", async () => {
    const reading = read(join(examples, "mistakes.yaml"), { AKASHML_API_KEY: "akml-1" });
    const lines = describeMistakes(reading.ok ? [] : reading.mistakes);
    const text = lines.map((line) => line.replaceAll(examples, "")).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot("../fixtures/config-file/mistakes.txt");
    expect(text).not.toMatch(/hunter2|12345/);
  });

  it.each<[string, string, string]>([
    ["empty", "", "1:1: The file is empty. Write upstreams: and a list, or remove the file."],
    [
      "of comments only",
      "# nothing\n",
      "1:1: The file is empty. Write upstreams: and a list, or remove the file.",
    ],
    ["a list", "- a", "1:1: The file must be a map (key: value)."],
    [
      "without upstreams",
      "models:\n",
      "1:1: `upstreams` is missing: a list of all upstreams that are used, such as - { name: web, type: akash-chat }.",
    ],
    ["a tab", "upstreams:\n\t- a", "2:1: A tab. Indent with blanks."],
    ["an open quote", "upstreams: 'a", "1:14: A quote, bracket, comma or blank is missing here."],
    [
      "an open bracket",
      "upstreams: [",
      "1:13: This is indented otherwise than what it belongs to, or a [ or { above is not closed. Entries of one map or list begin in the same column.",
    ],
    [
      "a line without a colon",
      `${upstreams}sk-secret\nmodels:`,
      '4:1: A line without ": ". Write key: value.',
    ],
    [
      "a tag",
      `${upstreams}models: { a: [!secret web/b] }`,
      "4:15: YAML tags (!name) mean nothing here. Write a plain value, or ${file:…} for a secret.",
    ],
    [
      "two documents",
      `${upstreams}---\na: 1`,
      "4:1: A second document begins here (---). Keep one in this file.",
    ],
    ["an unknown alias", `${upstreams}models: *b`, "4:9: No &anchor of this *alias's name stands above it."],
    [
      "an alias of itself",
      `${upstreams}models: &a { b: *a }`,
      "4:17: This *alias stands within what it stands for.",
    ],
    [
      "a merge of no map",
      `${upstreams}models: { <<: [a] }`,
      "4:11: << takes a map, or a list of maps: <<: *anchor.",
    ],
    [
      "a key that is no text",
      `${upstreams}models: { [a]: [web/b] }`,
      "4:11: A key must be a text that is not empty, nor __proto__.",
    ],
    [
      "a key that would vanish",
      `${upstreams}models: { __proto__: [web/b] }`,
      "4:11: A key must be a text that is not empty, nor __proto__.",
    ],
    ["nesting without end", "[".repeat(5000), "This is nested too deeply."],
    [
      "the address of a route",
      "upstreams: [{ name: a, type: vllm, base_url: http://a/v1/chat/completions }]",
      "1:46: `base_url` is the address that all routes have in common: leave out /chat/completions.",
    ],
    [
      "a key with a space",
      "upstreams: [{ name: a, type: akashml, api_key: a b }]",
      "1:48: `api_key` must be printable ASCII without spaces, and not empty.",
    ],
    [
      "no key where one is needed",
      "upstreams: [{ name: a, type: openrouter }]",
      "1:13: `api_key` is missing. Write api_key: ${OPENROUTER_API_KEY}.",
    ],
    [
      "a key in two places",
      "upstreams: [{ name: a, type: openai, base_url: http://a, api_key: b, headers: { authorization: Basic c } }]",
      "1:81: `authorization` is what `api_key` sends. Keep one of them.",
    ],
    [
      "a header of the web chat that has a key",
      "upstreams: [{ name: a, type: akash-chat, headers: { Cookie: b=c } }]",
      "1:53: `Cookie` has a key of its own here. Write `cookie`.",
    ],
    [
      "a header twice",
      "upstreams: [{ name: a, type: vllm, headers: { X-A: b, x-a: c } }]",
      "1:55: `x-a` stands in `headers` twice: upper and lower case are the same.",
    ],
    [
      "native tools of the web chat",
      "upstreams: [{ name: a, type: akash-chat, models: { tools: native } }]",
      "1:59: `tools` must be one of auto, emulated.",
    ],
  ])("is told: %s", (_, source, expected) => {
    const [line, ...others] = mistakesOf(readSource(source));
    expect(others).toEqual([]);
    expect(line).toContain(expected);
    expect(line).toMatch(/^gateway\.yaml:\d+:\d+: /);
    expect(line).not.toContain("sk-secret");
  });

  it("does not grow by aliases of aliases", () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level}: &a${level} [${`*a${level - 1},`.repeat(10)}]`,
    );
    const source = ["a-1: &a-1 [x]", ...levels].join("\n");
    expect(mistakesOf(readSource(source)).join("\n")).toContain(
      "More than 20,000 values: too much for this file.",
    );
  });

  it("tells keys that stand twice beside all else", () => {
    expect(mistakesOf(readSource(`${upstreams}models: { a: [web/x], a: [web/y] }\nalias: {}`))).toEqual([
      "gateway.yaml:4:23: This key stands here a second time. Keep one of them.",
      "gateway.yaml:5:1: `alias` is no key of this file. Did you mean `aliases`?",
    ]);
  });
});

describe("a file that can't be read", () => {
  it.each<[string, (path: string) => void, RegExp]>([
    ["not there", () => undefined, /^gateway\.yaml: does not exist\.$/],
    ["a folder", (path) => mkdirSync(path), /^gateway\.yaml: is a folder, not a file\./],
    [
      "a link to itself",
      (path) => symlinkSync(path, path),
      /^gateway\.yaml: is a link that leads back to itself\.$/,
    ],
    [
      "Latin 1",
      (path) => writeFileSync(path, Buffer.from("a: b\nc: \u00e9", "latin1")),
      /^gateway\.yaml: is not UTF-8 text \(line 2\)\. Save it as UTF-8\.$/,
    ],
    [
      "UTF-16",
      (path) => writeFileSync(path, Buffer.from("\uFEFFa: b", "utf16le")),
      /^gateway\.yaml: is not UTF-8 text \(perhaps UTF-16\)\./,
    ],
    [
      "far too large",
      (path) => writeFileSync(path, "#".repeat(1_048_577)),
      /^gateway\.yaml: is larger than 1 MiB/,
    ],
  ])("is told: %s", (_, make, expected) => {
    const path = join(folder, "gateway.yaml");
    make(path);
    const lines = mistakesOf(read(path));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  it("is told: may not be read", () => {
    expect(readText("/etc/gateway.yaml", refuse)).toEqual({
      problem: "/etc/gateway.yaml may not be read by this user. Mend its rights (chmod u+r, or the owner)",
    });
  });
});

describe("${…}", () => {
  it.each<[string, string]>([
    ["${NAME}", "value"],
    ["pre-${NAME}-${NAME}", "pre-value-value"],
    ["${UNSET:-a,b[c]}", "a,b[c]"],
    ["${EMPTY:-default}", "default"],
    ["${NAME:-default}", "value"],
    ['"${NAME}"', "value"],
    ["$${NAME}", "${NAME}"],
    ["$NAME", "$NAME"],
    ["${NESTED}", "${NAME}"],
  ])("%s is %s", (key, apiKey) => {
    const environment = { NAME: "value", EMPTY: " ", NESTED: "${NAME}" };
    expect(configurationOf(readSource(withKey(key), environment)).upstreams[0]).toMatchObject({ apiKey });
  });

  it("takes a secret from a file beside the configuration, without its last line break", () => {
    writeFileSync(join(folder, "key"), "sk-1\n");
    expect(configurationOf(readSource(withKey("${file:key}"))).upstreams[0]).toMatchObject({
      apiKey: "sk-1",
    });
    expect(configurationOf(readSource(withKey(`\${file:${folder}/key}`))).upstreams[0]).toMatchObject({
      apiKey: "sk-1",
    });
  });

  it.each<[string, RegExp]>([
    [
      "${NAEM}",
      /The variable NAEM is not set\. Did you mean `NAME`\? Set it, or give a default: \$\{NAEM:-…\}\.$/,
    ],
    ["${EMPTY}", /The variable EMPTY is not set\./],
    ["${sk-secret}", /What stands in \$\{…\} is neither a variable's name nor a file\./],
    ['"${NAME"', /A \$\{ has no \} that closes it/],
    ["${file:none}", /none does not exist\.$/],
    ["${file:hollow}", /hollow is empty\.$/],
  ])("%s is told once, at its place", (key, expected) => {
    writeFileSync(join(folder, "hollow"), "\n");
    const lines = mistakesOf(readSource(withKey(key), { NAME: "value", EMPTY: "" }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^gateway\.yaml:1:48: /);
    expect(lines[0]).toMatch(expected);
    expect(lines[0]).not.toContain("sk-secret");
  });

  it.each<[string, readonly string[]]>([
    ["api_key: ${NONE:-}", []],
    ["api_key: ${NONE:-}, models: { tools: ${NONE:-} }", []],
    ["headers: { a: ${NONE:-} }", ["`a` is empty. Remove it, or write what belongs there."]],
    ['api_key: ""', ["`api_key` must be printable ASCII without spaces, and not empty."]],
  ])("with an empty default is as if the key were not there: %s", (keys, mistakes) => {
    const reading = readSource(`upstreams: [{ name: a, type: vllm, base_url: http://b, ${keys} }]`);
    expect(mistakesOf(reading)).toEqual(mistakes.map((line) => expect.stringContaining(line)));
  });

  it("that is needed is missing with an empty default", () => {
    expect(mistakesOf(readSource(withKey("${NONE:-}")))).toEqual([
      expect.stringContaining("`api_key` is missing. Write api_key: ${AKASHML_API_KEY}."),
    ]);
  });

  it("never shows what stands behind it", () => {
    const lines = mistakesOf(
      readSource(
        'upstreams: [{ name: "${S}", type: "${S}", base_url: "${S}" }, { name: b, type: vllm, api_key: "${S}", headers: { "a": "${S}" }, models: { tools: "${S}", price: "${S}" } }]\nmodels: { a: ["${S}"] }',
        {
          S: "sk secret\n",
        },
      ),
    );
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.join("\n")).not.toContain("secret");
  });
});
