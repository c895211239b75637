import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig, settings } from "../src/config.ts";

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("readConfig", () => {
  it("needs no variable at all", () => {
    const config = readConfig({});
    expect(config.SERVER_ADDRESS).toEqual({ host: "localhost", port: 16571 });
    expect(config.AKASH_BASE_URL).toBe("https://chat.akash.network");
    expect(config.BEARER_TOKEN).toBe("");
  });

  it("reports all wrong values at once, each by its name", () => {
    const problems = problemsOf({
      SERVER_ADDRESS: "16571",
      AKASH_BASE_URL: "chat.akash.network",
      MODEL_ALIASES: "gpt-4o",
      HEARTBEAT_MS: "15s",
      REASONING: "yes",
    });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "SERVER_ADDRESS",
      "AKASH_BASE_URL",
      "MODEL_ALIASES",
      "REASONING",
      "HEARTBEAT_MS",
    ]);
  });

  it("refuses a key that no client can send", () => {
    expect(problemsOf({ BEARER_TOKEN: "two words" })).toEqual([
      "BEARER_TOKEN: must be printable ASCII without spaces",
    ]);
    expect(problemsOf({ BEARER_TOKEN: "ключ" })).toHaveLength(1);
    expect(problemsOf({ BEARER_TOKEN: 'a"b\\c=/+~' })).toEqual([]);
  });

  it.each([
    ["localhost:80", { host: "localhost", port: 80 }],
    ["0.0.0.0:16571", { host: "0.0.0.0", port: 16571 }],
    ["[::1]:8080", { host: "::1", port: 8080 }],
    [":8080", { host: "localhost", port: 8080 }],
  ])("reads the address %s", (text, address) => {
    expect(readConfig({ SERVER_ADDRESS: text }).SERVER_ADDRESS).toEqual(address);
  });

  it.each(["localhost", "localhost:99999", "a:b:80", "localhost:"])("refuses the address %s", (text) => {
    expect(problemsOf({ SERVER_ADDRESS: text })).toHaveLength(1);
  });

  it.each([
    ["*", ["*"]],
    ["https://a.example, http://localhost:3000", ["https://a.example", "http://localhost:3000"]],
    ["https://A.example:443/", ["https://a.example"]],
    ["tauri://localhost,null,app://obsidian.md", ["tauri://localhost", "null", "app://obsidian.md"]],
  ])("reads the origins %s", (text, origins) => {
    expect(readConfig({ CORS_ORIGIN: text }).CORS_ORIGIN).toEqual(origins);
  });

  it.each([
    ["example.com", "such as https://example.com"],
    ["localhost:3000", "such as https://localhost:3000"],
    ["https://example.com/chat", "such as https://example.com"],
    ["https://*.example.com", "A * stands alone"],
    ["http://", "such as https://example.com"],
    ["https://user@example.com", "such as https://example.com"],
  ])("refuses %s for an origin, which no browser sends", (text, advice) => {
    const problems = problemsOf({ CORS_ORIGIN: `https://good.example,${text}` });
    expect(problems).toEqual([expect.stringContaining(`CORS_ORIGIN: "${text}" is no origin.`)]);
    expect(problems[0]).toContain(advice);
  });

  it("refuses a folder that only a shell can find", () => {
    for (const DATA_DIR of ["~", "~/data"])
      expect(problemsOf({ DATA_DIR })).toEqual([
        "DATA_DIR: must be the whole path: ~ stands for your folder in a shell alone",
      ]);
    expect(problemsOf({ DATA_DIR: "/srv/a~/b" })).toEqual([]);
  });

  it("takes an empty variable as not set", () => {
    expect(readConfig({ AKASH_COOKIE: " ", HEARTBEAT_MS: "" })).toEqual(readConfig({}));
  });

  it("keeps a path prefix of the upstream and drops the trailing slash", () => {
    expect(readConfig({ AKASH_BASE_URL: "http://host/chat/" }).AKASH_BASE_URL).toBe("http://host/chat");
  });

  it("reads aliases in their order", () => {
    expect(readConfig({ MODEL_ALIASES: "gpt-4o=A, claude-*=Qwen/B" }).MODEL_ALIASES).toEqual([
      { from: "gpt-4o", to: "A" },
      { from: "claude-*", to: "Qwen/B" },
    ]);
  });
});

describe("the documentation", () => {
  const table = readFileSync("docs/configuration.md", "utf8");
  const rows = [...table.matchAll(/^\| `([A-Z_]+)` \| (.+?) \|/gm)].map(([, name, value]) => ({
    name,
    value,
  }));

  it("lists every setting once, in the order of the code", () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(settings));
  });

  it("gives the defaults that the code has", () => {
    const documented = Object.fromEntries(
      rows.flatMap(({ name, value }) => {
        const text = /^`(.*)`$/.exec(value ?? "")?.[1];
        return text === undefined ? [] : [[name, text]];
      }),
    );
    expect(readConfig(documented)).toEqual(readConfig({}));
    expect(Object.keys(documented).length).toBeGreaterThan(20);
  });

  it("has only known settings in .env.example", () => {
    const names = [...readFileSync(".env.example", "utf8").matchAll(/^#?([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(names.filter((name) => name !== "HTTPS_PROXY" && !Object.hasOwn(settings, name ?? ""))).toEqual(
      [],
    );
  });
});
