import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config-file/load-configuration.ts";
import { describeMistakes } from "../../src/config-file/mistake.ts";
import { readConfig } from "../../src/config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "load-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const web = "{ name: web, type: akash-chat }";
const gpu = "{ name: gpu, type: vllm }";

/** Loads with these variables, which are the settings as well, and this file. */
function load(environment: Record<string, string>, source?: string) {
  if (source !== undefined) writeFileSync(join(folder, "gateway.yaml"), source);
  const loaded = loadConfiguration(readConfig(environment), environment, folder);
  const { upstreams, aliases, models } = loaded.configuration;
  return {
    ...loaded,
    names: upstreams.map(({ name }) => name),
    upstreams,
    models,
    aliases: aliases.map(({ from, to }) => `${from}=${to}`),
    warnings: describeMistakes(loaded.warnings).map((line) => line.replaceAll(`${folder}/`, "")),
  };
}

describe("loadConfiguration", () => {
  it("takes the settings where there is no file, and says which file it passed over", () => {
    writeFileSync(join(folder, "gateway.yml"), "upstreams: []");
    expect(load({ AKASHML_API_KEY: "k" })).toMatchObject({
      names: ["akash-chat", "akashml"],
      source: undefined,
      warnings: ["gateway.yml: is not read: name it gateway.yaml, or set CONFIG_FILE to it."],
    });
  });

  it("takes the file whole where there is one, in DATA_DIR or the folder or as CONFIG_FILE says", () => {
    expect(load({}, `upstreams: [${gpu}]`)).toMatchObject({ names: ["gpu"], warnings: [] });
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data/gateway.yaml"), `upstreams: [${web}]`);
    expect(load({ DATA_DIR: join(folder, "data") }).names).toEqual(["web"]);
    expect(load({ CONFIG_FILE: "data/gateway.yaml" }).names).toEqual(["web"]);
  });

  it("reads none with CONFIG_FILE=none", () => {
    expect(load({ CONFIG_FILE: "none" }, `upstreams: [${gpu}]`)).toMatchObject({
      names: ["akash-chat"],
      source: undefined,
    });
  });

  it("throws everything that is wrong, each at its place", () => {
    const source = "upstreams:\n  - { name: a, type: vlm }\n  - { name: a, type: ollama, api_key: ${KEY} }";
    expect(() => load({}, source)).toThrow(
      expect.objectContaining({
        name: "ConfigError",
        problems: [
          expect.stringContaining(`${folder}/gateway.yaml:2:22: \`type\` must be one of`),
          expect.stringContaining(`${folder}/gateway.yaml:3:13: The name \`a\``),
          expect.stringContaining(`${folder}/gateway.yaml:3:39: The variable KEY is not set.`),
        ],
      }),
    );
    expect(() => load({ CONFIG_FILE: "nowhere.yaml" })).toThrow(/nowhere\.yaml: does not exist\./);
  });
});

describe("settings beside a file", () => {
  it("that add upstreams are named as not used, unless the file names them", () => {
    const environment = {
      AKASHML_API_KEY: "k",
      AKASHML_BASE_URL: "http://proxy/v1",
      COMPATIBLE_BASE_URL: "http://gpu/v1",
      COMPATIBLE_API_KEY: "c",
    };
    const source = `upstreams: [{ name: a, type: akashml, api_key: "\${AKASHML_API_KEY}" }]`;
    const rest = ["AKASHML_BASE_URL", "COMPATIBLE_BASE_URL", "COMPATIBLE_API_KEY"];
    const loaded = load(environment, source);
    expect(loaded.names).toEqual(["a"]);
    expect(loaded.warnings).toEqual(
      rest.map(
        (name) => `${name}: is not used: the upstreams are those of gateway.yaml, which does not name it.`,
      ),
    );
  });

  const login = {
    AKASH_BASE_URL: "http://mine",
    AKASH_ACCESS_TOKEN: "t",
    AKASH_COOKIE: "a=b",
    AKASH_USER_AGENT: "u",
  };

  it("of the web chat are what an akash-chat without them has", () => {
    expect(load(login, `upstreams: [${web}]`)).toMatchObject({
      upstreams: [{ baseUrl: "http://mine", accessToken: "t", cookie: "a=b", userAgent: "u" }],
      warnings: [],
    });
  });

  it.each<[string, string, readonly string[]]>([
    ["no web chat", gpu, Object.keys(login)],
    [
      "a web chat with an address",
      "{ name: w, type: akash-chat, base_url: http://other }",
      ["AKASH_BASE_URL", "AKASH_ACCESS_TOKEN", "AKASH_COOKIE"],
    ],
    [
      "a web chat with a login",
      "{ name: w, type: akash-chat, access_token: x, cookie: c=d, user_agent: v }",
      ["AKASH_ACCESS_TOKEN", "AKASH_COOKIE", "AKASH_USER_AGENT"],
    ],
    [
      "a file that names it",
      '{ name: w, type: akash-chat, base_url: "${AKASH_BASE_URL}", cookie: "${AKASH_COOKIE}" }',
      ["AKASH_ACCESS_TOKEN"],
    ],
  ])("of the web chat are named where nothing takes them: %s", (_, upstream, unused) => {
    expect(load(login, `upstreams: [${upstream}]`).warnings).toEqual(
      unused.map(
        (name) => `${name}: is not used: no upstream of gateway.yaml is an akash-chat that takes it.`,
      ),
    );
  });

  const source = `upstreams: [${web}, ${gpu}]\nmodels: { fast: [web/*] }\naliases: { gpt-4: fast, "o*": fast }\n`;

  it("MODEL_ALIASES stand behind the file's; of the same name the file's goes first", () => {
    const { aliases, warnings } = load(
      { MODEL_ALIASES: "GPT-4=DeepSeek-V3.2,claude-*=fast,Fast=x,b=gpu,c=fasst,*=gpu/a" },
      source,
    );
    expect(aliases).toEqual(["gpt-4=fast", "o*=fast", "claude-*=fast", "b=gpu", "c=fasst", "*=gpu/a"]);
    expect(warnings).toEqual([
      "MODEL_ALIASES: `GPT-4` is not used: gateway.yaml has an alias of that name.",
      "MODEL_ALIASES: `Fast` is not used: it is a name of `models` in gateway.yaml.",
      "MODEL_ALIASES: `gpu` is an upstream. Write gpu/* or gpu/ and a model.",
      "MODEL_ALIASES: `fasst` is neither a name of `models` nor upstream/model, so it is taken for a model's id. Did you mean `fast`?",
    ]);
  });

  it.each<[string, readonly string[]]>([
    ["FAST", []],
    ["gpt-4", []],
    ["web/DeepSeek-V3.2", []],
    ["DeepSeek-V3.2", []],
    ["web", ["DEFAULT_MODEL: `web` is an upstream. Write web/* or web/ and a model."]],
    [
      "fats",
      [
        "DEFAULT_MODEL: `fats` is neither a name of `models` nor upstream/model, so it is taken for a model's id. Did you mean `fast`?",
      ],
    ],
  ])("DEFAULT_MODEL may be any name of a model: %s", (name, warnings) => {
    expect(load({ DEFAULT_MODEL: name }, source).warnings).toEqual(warnings);
  });
});
