import { describe, expect, it } from "vitest";

import { describeMistakes } from "../../src/config-file/mistake.ts";
import { readUpstreamVariables } from "../../src/config-file/read-variables.ts";
import { ConfigError, readConfig } from "../../src/config.ts";

function read(environment: Record<string, string>) {
  const { configuration, warnings } = readUpstreamVariables(
    readConfig({ AKASH_BASE_URL: "https://chat.example", AKASH_ACCESS_TOKEN: "t", ...environment }),
  );
  return { ...configuration, warnings: describeMistakes(warnings) };
}

const web = expect.objectContaining({
  name: "akash-chat",
  type: "akash-chat",
  baseUrl: "https://chat.example",
  accessToken: "t",
});

describe("readUpstreamVariables", () => {
  it("has the web chat alone where nothing is set", () => {
    expect(read({ AKASHML_API_KEY: " ", COMPATIBLE_BASE_URL: "" })).toEqual({
      file: undefined,
      upstreams: [web],
      models: [],
      aliases: [],
      warnings: [],
    });
  });

  it("adds AkashML by its key alone, behind the web chat", () => {
    expect(read({ AKASHML_API_KEY: "akml-1" }).upstreams).toEqual([
      web,
      expect.objectContaining({
        name: "akashml",
        type: "akashml",
        apiKey: "akml-1",
        baseUrl: "https://api.akashml.com/v1",
      }),
    ]);
    expect(read({ AKASHML_API_KEY: "k", AKASHML_BASE_URL: "http://proxy" }).upstreams[1]).toMatchObject({
      baseUrl: "http://proxy/v1",
    });
  });

  it("adds any server by its address, behind those", () => {
    const { upstreams } = read({
      AKASHML_API_KEY: "k",
      COMPATIBLE_BASE_URL: "http://gpu:8000/v1/",
      COMPATIBLE_API_KEY: "c",
    });
    expect(upstreams).toHaveLength(3);
    expect(upstreams[2]).toMatchObject({
      name: "compatible",
      type: "openai",
      baseUrl: "http://gpu:8000/v1",
      apiKey: "c",
    });
    expect(read({ COMPATIBLE_BASE_URL: "http://gpu" }).upstreams[1]).toMatchObject({ apiKey: undefined });
  });

  it("tells all mistakes by the names of the variables, without values", () => {
    const environment = {
      AKASHML_API_KEY: "se cret",
      AKASHML_BASE_URL: "x",
      COMPATIBLE_BASE_URL: "http://a:secret@b",
      COMPATIBLE_API_KEY: "ключ",
    };
    const problems: string[] = [];
    try {
      readConfig(environment);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
    expect(problems.map((line) => line.split(":")[0])).toEqual(Object.keys(environment));
    expect(problems.join()).not.toMatch(/cret/);
  });

  it("warns of what has no effect alone", () => {
    const { upstreams, warnings } = read({ AKASHML_BASE_URL: "http://a", COMPATIBLE_API_KEY: "c" });
    expect(upstreams).toEqual([web]);
    expect(warnings.map((line) => line.split(":")[0])).toEqual(["AKASHML_BASE_URL", "COMPATIBLE_API_KEY"]);
  });

  it("has the aliases of MODEL_ALIASES, and warns of names that lead nowhere", () => {
    const { aliases, warnings } = read({
      MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2, a=akash-chat/DeepSeek-V3.2, b=akash-chat",
      DEFAULT_MODEL: "Akash-Chat",
    });
    expect(aliases).toHaveLength(3);
    expect(warnings).toEqual([
      "MODEL_ALIASES: `akash-chat` is an upstream. Write akash-chat/* or akash-chat/ and a model.",
      "DEFAULT_MODEL: `Akash-Chat` is an upstream. Write Akash-Chat/* or Akash-Chat/ and a model.",
    ]);
  });
});
