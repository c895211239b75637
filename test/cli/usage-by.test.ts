/** `akashchat-api usage --by` as a program, at a gateway's admin API. */
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeOpenAiError } from "../../src/dialects/encode-openai-error.ts";
import { toGatewayError } from "../../src/errors.ts";
import { encodeKey } from "../../src/server/admin/key-schema.ts";
import { ledgerRoutes } from "../../src/server/admin/ledger.ts";
import { createMemoryLedger } from "../../src/store/memory/memory-ledger.ts";
import { runProgram } from "../support/run-program.ts";
import { fullRow, midnight, noon, row } from "../store/contract/ledger-rows.ts";

const jan = { id: "key_1", name: "Jan", hint: "last", createdAt: midnight };
const listKeys = async () => [jan];

let gateway: FastifyInstance;
let environment: Record<string, string>;

beforeEach(async () => {
  const ledger = createMemoryLedger({ days: 365, now: () => noon });
  ledger.add({ ...fullRow, inputTokens: 1000, nanoUsd: 1_234_567_890 });
  ledger.add(
    row("1", midnight, { key: "key_2", model: "Qwen3", outputTokens: 2_000_000, nanoUsd: 5, ms: 2300 }),
  );
  ledger.add(row("2", midnight - 1, { outcome: "refused", client: `c${"lient".repeat(30)}` }));
  gateway = fastify();
  gateway.addHook("onRequest", async (request, reply) => {
    if (request.headers.authorization === "Bearer admin") return;
    await reply.code(401).send({ error: { message: "The admin token is wrong." } });
  });
  gateway.setErrorHandler((thrown, _request, reply) => {
    const { status, body } = encodeOpenAiError(toGatewayError(thrown));
    return reply.code(status).send(body);
  });
  ledgerRoutes(gateway, "/admin/v1", { ledger, listKeys, now: () => noon, isOn: true });
  gateway.get("/admin/v1/keys", () => ({ object: "list", data: [encodeKey(jan)] }));
  await gateway.listen({ host: "127.0.0.1", port: 0 });
  // A server that listens on a port has an address of that kind.
  const { port } = gateway.server.address() as AddressInfo;
  environment = { SERVER_ADDRESS: `127.0.0.1:${port}`, ADMIN_TOKEN: "admin" };
});
afterEach(() => gateway.close());

const run = (...args: readonly string[]) => runProgram(["usage", ...args], environment);

describe("usage --by", () => {
  test("prints a table, with the names of keys and a line for all", async () => {
    const { stdout, stderr, code } = await run("--by", "key");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toBe(
      [
        "Requests since 2026-10-25, in UTC",
        "  key          requests  answered  failed  refused  left  tokens in        out   cost $  first s  mean s",
        "  Jan (key_1)         1         0       1        0     0      1,000         20   1.2346      0.4     1.7",
        "  key_2               1         1       0        0     0          0  2,000,000  <0.0001              2.3",
        "  none                1         0       0        1     0          0          0        0              0.0",
        "  all                 3         1       1        1     0      1,000  2,000,020   1.2346",
        "",
      ].join("\n"),
    );
  });

  test("takes two groups, times, a key and a model", async () => {
    const two = await run(
      "--by",
      "day,model",
      "--since",
      "2026-11-20",
      "--until",
      "2026-11-20",
      "--model",
      "Qwen3",
    );
    expect(two.stdout).toMatch(
      /^Requests since 2026-11-20 until 2026-11-21, in UTC\n {2}day +model +requests/,
    );
    expect(two.stdout).toMatch(/\n {2}2026-11-20 {2}Qwen3 +1 +1 .*\n {2}all +1 /);
    const none = await run("--by", "client", "--key", "none");
    expect(none.stdout).toMatch(/\n {2}clientlient\S+… ?\S+ +1 /);
    const nothing = await run("--by", "hour", "--key", "key_9", "--since", "5d");
    expect(nothing.stdout).toBe("No requests since 2026-11-19.\n");
  });

  test("takes a key by its name, and says so when there is none of that", async () => {
    const named = await run("--by", "key", "--key", "Jan");
    expect(named.stdout).toMatch(/\n {2}Jan \(key_1\) +1 .*\n {2}all +1 /);
    expect(await run("--by", "key", "--key", "Jana")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: 'There is no key of the name "Jana". keys list shows all.\n',
    });
  });

  test("prints CSV as the gateway gives it, and JSON", async () => {
    const csv = await run("--by", "model", "--format", "csv", "--key", "key_2");
    expect(csv.stdout).toBe(
      "model,requests,answered,failed,refused,left,input_tokens,output_tokens,reasoning_tokens,cost_usd,mean_first_token_ms,mean_ms\r\n" +
        "Qwen3,1,1,0,0,0,0,2000000,0,0.000000005,,2300\r\n",
    );
    for (const flags of [["--format", "json"], ["--json"]]) {
      const json = await run("--by", "key", ...flags);
      expect(JSON.parse(json.stdout)).toMatchObject({
        object: "list",
        by: ["key"],
        data: [{ key: "key_1", key_name: "Jan" }, {}, {}],
      });
    }
  });

  test.each([
    {
      name: "an unknown group",
      args: ["--by", "colour"],
      words: /'by' is not valid: it must be one or two of key, model/,
    },
    {
      name: "a wrong time",
      args: ["--by", "key", "--since", "monday"],
      words: /^--since: "monday" is not a day/,
    },
    {
      name: "a wrong format",
      args: ["--by", "key", "--format", "xml"],
      words: /Allowed choices are table, csv, json/,
    },
    {
      name: "two formats",
      args: ["--by", "key", "--format", "csv", "--json"],
      words: /cannot be used with option/,
    },
    { name: "a time alone", args: ["--since", "7d"], words: /^--since needs --by, such as --by key/ },
  ])("says what is wrong: $name", async ({ args, words }) => {
    const { stdout, stderr, code } = await run(...args);
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toMatch(words);
  });

  test("says what it needs of the gateway", async () => {
    environment = { ...environment, ADMIN_TOKEN: "" };
    expect(await run("--by", "key")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ADMIN_TOKEN is not set"),
    });
    environment = { ...environment, ADMIN_TOKEN: "other" };
    expect(await run("--by", "key")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("has another ADMIN_TOKEN"),
    });
    environment = { SERVER_ADDRESS: "127.0.0.1:1", ADMIN_TOKEN: "admin" };
    expect(await run("--by", "key")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^No gateway answers at/),
    });
  });
});
