import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { checkConfig } from "../../../src/cli/config/check.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-check-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const origins = new Map([["HEARTBEAT_MS", ".env"]]);

/** What is printed, without the folder, and the exit code. */
function check(environment: Record<string, string>, file?: string, json = false, run = checkConfig) {
  let text = "";
  const code = run(environment, {
    file,
    json,
    origins,
    folder,
    write: (part) => void (text += part.replaceAll(`${folder}/`, "")),
  });
  return { code, text };
}

const right = `upstreams:
  - { name: web, type: akash-chat }
  - { name: akashml, type: akashml, api_key: "\${KEY}" }
  - name: gpu
    type: vllm
    base_url: http://gpu:8000
    headers: { Referer: s3cret }
    idle_timeout_ms: 5000
    models: { tools: emulated, price: { input: 0, output: 0.5 }, include: [a, "b*"], overrides: { b1: { images: native } } }
models: { fast: [web/DeepSeek-V3.2, gpu/*] }
aliases: { "gpt-*": fast }
`;
const secrets = { KEY: "s3cret", AKASH_COOKIE: "s3cret" };

describe("config check", () => {
  it("says what a file means, and of secrets whether they are set", () => {
    writeFileSync(join(folder, "gateway.yaml"), right);
    const { code, text } = check({
      ...secrets,
      MODEL_ALIASES: "a=fast,fast=b",
      DEFAULT_MODEL: "fast",
      AKASHML_API_KEY: "s3cret",
    });
    expect(text).toBe(`gateway.yaml is right.

Upstreams, in the order in which they are asked:
  1. web: akash-chat at https://chat.akash.network
     access_token is not set, cookie is set
  2. akashml: akashml at https://api.akashml.com/v1
     api_key is set
  3. gpu: vllm at http://gpu:8000/v1
     api_key is not set
     headers: Referer
     idle_timeout_ms 5000
     models: tools emulated, price { input 0, output 0.5 }
     only the models a, b*
     b1: images native
Names:
  fast  web/DeepSeek-V3.2, gpu/*
Aliases, of patterns the first that fits:
  gpt-*  fast
  a      fast
The model auto (DEFAULT_MODEL):
  fast

Warning: AKASHML_API_KEY: is not used: the upstreams are those of gateway.yaml, which does not name it.
Warning: MODEL_ALIASES: \`fast\` is not used: it is a name of \`models\` in gateway.yaml.
`);
    expect(code).toBe(0);
  });

  it("says the same to programs", () => {
    writeFileSync(join(folder, "gateway.yaml"), right);
    const { code, text } = check(secrets, undefined, true);
    expect(code).toBe(0);
    expect(text).not.toContain("s3cret");
    expect(JSON.parse(text)).toEqual({
      ok: true,
      file: "gateway.yaml",
      upstreams: [
        {
          name: "web",
          type: "akash-chat",
          base_url: "https://chat.akash.network",
          secrets: { access_token: false, cookie: true },
          headers: [],
          models: {},
        },
        expect.objectContaining({ name: "akashml", secrets: { api_key: true } }),
        {
          name: "gpu",
          type: "vllm",
          base_url: "http://gpu:8000/v1",
          secrets: { api_key: false },
          headers: ["Referer"],
          idle_timeout_ms: 5000,
          models: {
            tools: "emulated",
            price: { input: 0, output: 0.5 },
            include: ["a", "b*"],
            overrides: [{ match: "b1", images: "native" }],
          },
        },
      ],
      models: [{ name: "fast", targets: ["web/DeepSeek-V3.2", "gpu/*"] }],
      aliases: [{ from: "gpt-*", to: "fast" }],
      mistakes: [],
      warnings: [],
    });
  });

  it("says what the settings mean where there is no file, and which file it passed over", () => {
    writeFileSync(join(folder, "gateway.yml"), right);
    const { code, text } = check({
      AKASH_BASE_URL: "http://me:s3cret@chat.example",
      COMPATIBLE_BASE_URL: "http://gpu:8000/v1",
    });
    expect(text).toBe(`There is no configuration file, and the settings are right.

Upstreams, in the order in which they are asked:
  1. akash-chat: akash-chat at http://…@chat.example
     access_token is not set, cookie is not set
  2. compatible: openai at http://gpu:8000/v1
     api_key is not set

Warning: gateway.yml: is not read: name it gateway.yaml, or set CONFIG_FILE to it.
`);
    expect(code).toBe(0);
  });

  const wrong = `upstreams:
  - { name: gpu, type: vlm, api_key: "s3cret", base_url: http://gpu }
  - { name: own, tpye: s3cret }
  - { name: GPU, type: ollama, api_key: \${KEY} }
`;

  it("tells all that is wrong with settings and file, each with its line and a mark, and no secret", () => {
    writeFileSync(join(folder, "other.yaml"), wrong);
    const { code, text } = check({ HEARTBEAT_MS: "s3cret" }, "other.yaml");
    expect(code).toBe(1);
    expect(text.replace(/: one of .*|one of akash.*/g, "")).toBe(`The configuration is wrong: 5 mistakes.

HEARTBEAT_MS: must be a whole number (in .env)

other.yaml:2:24: \`type\` must be${" "}
  2 |   - { name: gpu, type: vlm, api_key: "…", base_url: http://gpu }
    |                        ^

other.yaml:3:5: \`type\` is missing
  3 |   - { name: own, tpye: … }
    |     ^

other.yaml:4:13: The name \`GPU\` is that of the upstream in line 2. Each needs its own.
  4 |   - { name: GPU, type: ollama, api_key: \${KEY} }
    |             ^

other.yaml:4:41: The variable KEY is not set. Set it, or give a default: \${KEY:-…}.
  4 |   - { name: GPU, type: ollama, api_key: \${KEY} }
    |                                         ^
`);
    expect(text).not.toContain("s3cret");
  });

  it("tells programs where each mistake is", () => {
    writeFileSync(join(folder, "gateway.yaml"), wrong.split("\n").slice(0, 2).join("\n"));
    const { code, text } = check({ HEARTBEAT_MS: "x" }, undefined, true);
    expect(code).toBe(1);
    expect(JSON.parse(text)).toEqual({
      ok: false,
      file: "gateway.yaml",
      mistakes: [
        { variable: "HEARTBEAT_MS", message: "must be a whole number (in .env)" },
        {
          file: "gateway.yaml",
          line: 2,
          column: 24,
          message: expect.stringContaining("`type` must be one of"),
        },
      ],
      warnings: [],
    });
  });

  it("tells of a file that can't be read", () => {
    expect(check({}, "nowhere.yaml")).toEqual({
      code: 1,
      text: "nowhere.yaml is wrong: 1 mistake.\n\nnowhere.yaml: does not exist.\n",
    });
  });
});

describe("config check on a Node without SQLite", () => {
  beforeEach(() => {
    vi.doMock("node:module", () => ({
      createRequire,
      isBuiltin: (name: string) => name !== "node:sqlite",
    }));
    vi.resetModules();
  });
  // Other files run in the same process.
  afterEach(() => {
    vi.doUnmock("node:module");
    vi.resetModules();
  });

  it("says of a DATA_DIR what a start would say, and is content without one", async () => {
    const { checkConfig: checkOnOldNode } = await import("../../../src/cli/config/check.ts");
    const { code, text } = check({ DATA_DIR: "data" }, undefined, false, checkOnOldNode);
    expect(code).toBe(1);
    expect(text).toContain(
      "The configuration is wrong: 1 mistake.\n\nDATA_DIR: storing responses in a file needs Node 22.13",
    );
    expect(JSON.parse(check({ DATA_DIR: "data" }, undefined, true, checkOnOldNode).text)).toMatchObject({
      ok: false,
      mistakes: [{ variable: "DATA_DIR" }],
    });
    expect(check({ DATA_DIR: " " }, undefined, false, checkOnOldNode).code).toBe(0);
  });
});
