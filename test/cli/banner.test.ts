import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

import {
  renderBanner,
  renderUpstreams,
  showBanner,
  type BannerFacts,
  type UpstreamFacts,
} from "../../src/cli/banner.ts";
import { createPaint } from "../../src/pretty/create-paint.ts";
import { encodeUsage } from "../../src/dialects/encode-gateway-usage.ts";
import { GatewayError } from "../../src/errors.ts";
import type { AllowanceState, Budget } from "../../src/model/budget.ts";
import { readConfig } from "../../src/config.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { createGate } from "../support/gate.ts";
import { startProgram } from "../support/run-program.ts";
import { startStack } from "../support/start-stack.ts";

const plain = createPaint(false);

function banner(settings: Record<string, string> = {}, facts: Partial<BannerFacts> = {}): string {
  const config = readConfig(settings);
  return renderBanner(
    {
      kind: "gateway",
      version: "1.2.3",
      config,
      port: config.SERVER_ADDRESS.port,
      hasFile: false,
      form: { command: "akashchat-api", place: "anywhere" },
      lanAddress: "192.168.1.20",
      ...facts,
    },
    plain,
  );
}

describe("at the start", () => {
  test("it says where to point clients, with what key, and what to do next", () => {
    expect(banner({}, { form: { command: "npx akashchat-api", place: "folder" } })).toBe(`
  akashchat-api 1.2.3 is ready

    OpenAI base URL      http://localhost:16571/v1
    Anthropic base URL   http://localhost:16571 (Gemini's and Ollama's, too)
    Console              http://localhost:16571/console/
    API key              anything: no BEARER_TOKEN is set

  Next, in another terminal, in this folder:
    npx akashchat-api chat "Say hello"     ask something
    npx akashchat-api launch claude-code   start a coding agent
    npx akashchat-api connect open-webui   the settings of another client
`);
  });

  test("an installation has bare commands, and a key is never shown", () => {
    const text = banner({ BEARER_TOKEN: "sk-very-secret", DATA_DIR: "./data" });
    expect(text).toContain("    API key              the BEARER_TOKEN of this gateway\n");
    expect(text).toContain("    Data folder          ./data\n");
    expect(text).toContain("\n    akashchat-api chat ");
    expect(text).toContain("  Next, in another terminal:\n");
    expect(text).not.toContain("secret");
  });

  test.each<[string, Record<string, string>, Partial<BannerFacts>, readonly string[], readonly string[]]>([
    [
      "all addresses",
      { SERVER_ADDRESS: "0.0.0.0:16571" },
      {},
      ["OpenAI base URL      http://127.0.0.1:16571/v1", "On your network      http://192.168.1.20:16571"],
      ["0.0.0.0", "--url"],
    ],
    [
      "all addresses of a machine without a network",
      { SERVER_ADDRESS: "0.0.0.0:16571" },
      { lanAddress: undefined },
      ["http://127.0.0.1:16571"],
      ["On your network"],
    ],
    [
      "all addresses, by IPv6",
      { SERVER_ADDRESS: "[::]:8080" },
      {},
      ["http://[::1]:8080/v1", "On your network      http://192.168.1.20:8080", "--url http://[::1]:8080"],
      [],
    ],
    [
      "one IPv6 address",
      { SERVER_ADDRESS: "[fd00::5]:16571" },
      {},
      ["http://[fd00::5]:16571/v1"],
      ["On your network"],
    ],
    [
      "a port that the system chose",
      { SERVER_ADDRESS: "localhost:0" },
      { port: 43_211 },
      ["http://localhost:43211/v1", "launch claude-code --url http://localhost:43211 ", 'chat "Say hello"  '],
      [":0"],
    ],
    [
      "a public address",
      { PUBLIC_URL: "https://ai.example.com/gw/" },
      {},
      [
        "OpenAI base URL      https://ai.example.com/gw/v1",
        "On this machine      http://localhost:16571",
        "--url https://ai.example.com/gw ",
      ],
      [],
    ],
    [
      "a container",
      { SERVER_ADDRESS: "0.0.0.0:16571" },
      { form: { command: "docker exec -it 3f2a node dist/main.js", place: "container" } },
      ["docker exec -it 3f2a node dist/main.js usage", "node dist/main.js doctor"],
      ["On your network", "launch", "in this folder", "npx"],
    ],
    [
      "the demo",
      {},
      { kind: "demo" },
      ["1.2.3 demo is ready", "akashchat-api launch claude-code", "akashchat-api usage"],
      // It would ask Akash Chat itself.
      ['chat "', "doctor"],
    ],
    [
      "upstreams that a file names",
      {},
      { hasFile: true },
      ["1.2.3 is ready", "akashchat-api launch claude-code", "akashchat-api usage"],
      // It takes no file of the folder.
      ['chat "'],
    ],
  ])("for %s", (_name, settings, facts, parts, others) => {
    const text = banner(settings, facts);
    for (const part of parts) expect(text).toContain(part);
    for (const part of others) expect(text).not.toContain(part);
  });
});

describe("once the upstreams are known", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  const models = [
    { id: "AkashGen", kind: "image" as const },
    { id: "DeepSeek-V3.2", kind: "chat" as const },
    { id: "gpt-4o", kind: "chat" as const, aliasOf: "DeepSeek-V3.2" },
  ];
  const budget: Budget = {
    usedPercent: 42.5,
    spent: false,
    resetsAt: now + 7_380_000,
    size: { tokens: 25_000, windowMs: 14_400_000 },
  };
  const counted: AllowanceState = { kind: "counted", budget, estimated: false, toldAt: now };
  const spent: AllowanceState = { ...counted, budget: { ...budget, spent: true } };
  const unknown: AllowanceState = { kind: "unknown" };
  const refused = new GatewayError("upstream-unavailable", "Refused.");
  const failure = "    akash-chat           can't be reached. Run: npx akashchat-api doctor\n";
  const list = "    Models               2, such as DeepSeek-V3.2\n";

  /** What is told of these, one after the other. */
  function render(
    known: UpstreamFacts["models"],
    ...all: readonly (readonly [string, AllowanceState, (GatewayError | undefined)?])[]
  ): string {
    const usage = encodeUsage(
      all.map(([name, state]) => ({ name, state })),
      undefined,
      now,
    ).upstreams;
    const upstreams = all.map(([name, , error], at) => ({ name, failure: error, usage: usage[at] }));
    return renderUpstreams(
      { models: known, upstreams },
      "npx akashchat-api",
      { now, timeZone: "UTC" },
      plain,
    );
  }

  test.each<[UpstreamFacts["models"], AllowanceState, GatewayError | undefined, string]>([
    [
      models,
      counted,
      undefined,
      `${list}    Budget               14,375 of 25,000 tokens left; a new budget at 14:03 (in 2 h 3 min)\n`,
    ],
    [
      models,
      spent,
      undefined,
      `${list}    Budget               spent; a new budget at 14:03 (in 2 h 3 min)\n`,
    ],
    [models, unknown, undefined, list],
    [models.slice(0, 1), unknown, undefined, "    Models               1\n"],
    [undefined, unknown, refused, failure],
    [
      undefined,
      { kind: "uncounted" },
      refused,
      `${failure}    Budget               no limit: this instance counts nothing\n`,
    ],
    [
      undefined,
      unknown,
      new GatewayError("overloaded", "None."),
      "    akash-chat           lists no models at the moment. Run: npx akashchat-api doctor\n",
    ],
    [
      undefined,
      unknown,
      new GatewayError("aborted", "Late."),
      "    akash-chat           does not answer. Run: npx akashchat-api doctor\n",
    ],
  ])("%o and %o", (known, state, error, lines) => {
    expect(render(known, ["akash-chat", state, error])).toBe(`\n${lines}\n`);
  });

  test("of several it tells how many there are, what is the matter with whom, and the budgets that are told", () => {
    const locked = new GatewayError("upstream-unauthorized", "No.");
    expect(render(models, ["web", spent], ["akashml", unknown, locked], ["mine", unknown, refused])).toBe(`
    Models               2 at 3 upstreams, such as DeepSeek-V3.2
    akashml              refuses the key. Run: npx akashchat-api doctor
    mine                 can't be reached. Run: npx akashchat-api doctor
    Budget, web          spent; a new budget at 14:03 (in 2 h 3 min)

`);
  });
});

/** A terminal that remembers each write. */
function createTerminal() {
  const writes: string[] = [];
  const arrived = createGate();
  return {
    writes,
    secondWrite: arrived.promise,
    write(part: string) {
      if (writes.push(part) === 2) arrived.open();
    },
  };
}

describe("on a terminal", () => {
  test("it waits for nobody, and its second part comes whole", async () => {
    await using stack = await startStack({ simulator: { tokenLimit: 25_000 } });
    const gate = createGate();
    stack.simulator.scriptModels({ gate: gate.promise });
    const terminal = createTerminal();
    const config = readConfig({ SERVER_ADDRESS: "127.0.0.1:0" });
    showBanner({ gateway: stack.gateway, config, url: stack.url, kind: "gateway" }, terminal, plain);
    expect(terminal.writes.length).toBe(1);
    expect(terminal.writes[0]).toContain(`    OpenAI base URL      ${stack.url}/v1\n`);
    gate.open();
    await terminal.secondWrite;
    expect(terminal.writes[1]).toMatch(
      /^\n {4}Models +9, such as DeepSeek-V3\.2\n {4}Budget +all of 25,000 tokens left, .*\n\n$/,
    );
    expect(stack.simulator.requests.filter(({ path }) => path.startsWith("/api/rate-limit/")).length).toBe(1);
  });

  test("it says that the upstream can't be reached", async () => {
    await using stack = await startStack({ baseUrl: () => "http://127.0.0.1:1" });
    const terminal = createTerminal();
    const config = readConfig({ SERVER_ADDRESS: "127.0.0.1:0" });
    showBanner({ gateway: stack.gateway, config, url: stack.url, kind: "gateway" }, terminal, plain);
    await terminal.secondWrite;
    expect(terminal.writes[1]).toMatch(/^\n {4}akash-chat +can't be reached\. Run: .* doctor\n\n$/);
  });
});

test("without a terminal there is none", async () => {
  const simulator = await startSimulator();
  const child = startProgram(["serve"], {
    SERVER_ADDRESS: "127.0.0.1:0",
    AKASH_BASE_URL: simulator.url,
  });
  const output = text(child.stdout);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  await once(child, "exit");
  const lines = (await output).trimEnd().split("\n");
  await simulator.close();
  expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => "object"));
  expect(simulator.requests).toEqual([]);
});
