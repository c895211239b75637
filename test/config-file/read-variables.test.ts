import { describe, expect, it } from "vitest";

import { describeMistakes } from "../../src/config-file/mistake.ts";
import { readUpstreamVariables } from "../../src/config-file/read-variables.ts";

const webChat = {
  baseUrl: "https://chat.example",
  accessToken: "t",
  cookie: undefined,
  userAgent: undefined,
};

function read(environment: Record<string, string>) {
  const reading = readUpstreamVariables(environment, webChat);
  return {
    upstreams: reading.ok ? reading.configuration.upstreams : undefined,
    mistakes: reading.ok ? [] : describeMistakes(reading.mistakes),
    warnings: describeMistakes(reading.warnings),
  };
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
      upstreams: [web],
      mistakes: [],
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
    expect(read({ AKASHML_API_KEY: "k", AKASHML_BASE_URL: "http://proxy" }).upstreams?.[1]).toMatchObject({
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
    expect(upstreams?.[2]).toMatchObject({
      name: "compatible",
      type: "openai",
      baseUrl: "http://gpu:8000/v1",
      apiKey: "c",
    });
    expect(read({ COMPATIBLE_BASE_URL: "http://gpu" }).upstreams?.[1]).toMatchObject({ apiKey: undefined });
  });

  it("tells all mistakes by the names of the variables, without values", () => {
    const { mistakes } = read({
      AKASHML_API_KEY: "se cret",
      AKASHML_BASE_URL: "x",
      COMPATIBLE_BASE_URL: "http://a:secret@b",
      COMPATIBLE_API_KEY: "ключ",
    });
    expect(mistakes.map((line) => line.split(":")[0])).toEqual([
      "AKASHML_API_KEY",
      "AKASHML_BASE_URL",
      "COMPATIBLE_BASE_URL",
      "COMPATIBLE_API_KEY",
    ]);
    expect(mistakes.join()).not.toMatch(/cret/);
  });

  it("warns of what has no effect alone", () => {
    const { upstreams, warnings } = read({ AKASHML_BASE_URL: "http://a", COMPATIBLE_API_KEY: "c" });
    expect(upstreams).toEqual([web]);
    expect(warnings.map((line) => line.split(":")[0])).toEqual(["AKASHML_BASE_URL", "COMPATIBLE_API_KEY"]);
  });
});
