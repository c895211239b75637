/** `akashchat-api keys …` as a program, over the admin API of a running gateway. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { get, post } from "../../support/post.ts";
import { runProgram, type Run } from "../../support/run-program.ts";
import { hello, startTeam, type Team } from "../../support/start-team.ts";

const token = "admin-of-this-test";
let team: Team;
beforeAll(async () => {
  team = await startTeam();
});
afterAll(() => team.close());

const keys = (
  args: string | readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> =>
  runProgram(["keys", ...(typeof args === "string" ? args.split(" ") : args)], {
    SERVER_ADDRESS: new URL(team.url).host,
    ADMIN_TOKEN: token,
    ...environment,
  });

test("create gives the secret alone on standard output, and it opens the gateway", async () => {
  const { stdout, stderr, code } = await keys(["create", "--name", "ci", "--requests-per-minute", "60"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^akc-[\w-]{43}\n$/);
  const secret = stdout.trim();
  expect(stderr).not.toContain(secret);
  expect(stderr).toMatch(/0 of 60 requests a minute/);
  const reply = await post(`${team.url}/v1/chat/completions`, hello, { authorization: `Bearer ${secret}` });
  expect(reply.status).toBe(200);
});

test("a secret is shown, a change told and a list given where the gateway can't say how limits stand", async () => {
  const made = await team.createKey({ name: "held", budget: { tokens: 5000 } });
  // As with a disk or a database that fails meanwhile.
  let fails = false;
  const server = createServer((request, response) => {
    const { method, url = "" } = request;
    if (method !== "GET") fails = true;
    const isOne = method !== "GET" || url !== "/admin/v1/keys";
    const [status, body] =
      method === "GET" && isOne && fails
        ? [503, { error: { message: "The database is away." } }]
        : [200, isOne ? { ...made, limits: [] } : { object: "list", data: [made] }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const at = { SERVER_ADDRESS: `127.0.0.1:${(server.address() as AddressInfo).port}` };

  const changed = await keys(["change", made.id, "--concurrency", "3"], at);
  const created = await keys(["create", "--name", "held", "--budget-tokens", "5k"], at);
  const listed = await keys("list", at);
  expect(created.stdout).toBe(`${made.key}\n`);
  expect(created.stderr).toContain(`id      ${made.id}`);
  for (const { stdout } of [changed, listed]) expect(stdout).toContain(made.id);
  for (const { code, stderr } of [changed, created, listed]) {
    expect(code).toBe(0);
    expect(stderr).toContain("How limits stand is not known now. The database is away.");
  }
});

test("a key has a life: created with all flags, shown by name, changed, revoked", async () => {
  const made = JSON.parse(
    (
      await keys(
        "create --name all --models DeepSeek*,Qwen* --dialects openai-chat,anthropic-messages --expires 2099-01-31 " +
          "--requests-per-minute 60 --tokens-per-minute 20k --tokens-per-day 1M --concurrency 3 --budget-usd 5.50 " +
          "--per month --trace --json",
      )
    ).stdout,
  );
  expect(made).toMatchObject({
    key: expect.stringMatching(/^akc-/),
    models: ["DeepSeek*", "Qwen*"],
    dialects: ["openai-chat", "anthropic-messages"],
    expires_at: "2099-01-31T00:00:00.000Z",
    requests_per_minute: 60,
    tokens_per_minute: 20_000,
    tokens_per_day: 1_000_000,
    concurrency: 3,
    budget: { usd: 5.5, period: "month" },
    trace: true,
  });

  const sub = await keys(["create", "--name", "sub", "--parent", "all", "--share-budget", "all", "--json"]);
  expect(JSON.parse(sub.stdout)).toMatchObject({ parent: made.id, budget: made.budget });

  const shown = await keys(["show", "sub"]);
  expect(shown.stdout).toMatch(/^sub\n/);
  expect(shown.stdout).toContain(`0 of 60 requests a minute, of ${made.id}\n`);
  expect(shown.stdout).toContain("$0.00 of $5.50 a month\n");
  expect(shown.stdout).not.toContain("akc-…undefined");

  // What is not said stays: the amount of the budget too, and then its period.
  const week = JSON.parse((await keys(["change", "all", "--per", "week", "--json"])).stdout);
  expect(week.budget).toEqual({ ...made.budget, period: "week" });
  const more = JSON.parse((await keys(["change", "all", "--budget-tokens", "900", "--json"])).stdout);
  expect(more.budget).toEqual({ id: made.budget.id, tokens: 900, period: "week" });

  const freed = await keys(
    `change ${made.id} --models none --no-dialects --expires none --no-requests-per-minute --tokens-per-minute none ` +
      "--no-budget --no-trace --name free --json",
  );
  expect(JSON.parse(freed.stdout)).toMatchObject({
    name: "free",
    models: null,
    dialects: null,
    expires_at: null,
    requests_per_minute: null,
    tokens_per_minute: null,
    tokens_per_day: 1_000_000,
    concurrency: 3,
    budget: null,
    trace: false,
  });

  const list = await keys(["list"]);
  expect(list.stdout).toMatch(
    /^ {2}free +key_\w+ +akc-….{4}\n {4}sub +key_\w+ +akc-….{4} +0 of 900 tokens a week\n/m,
  );
  expect((await keys(["revoke", "free"])).stdout).toMatch(/^free \(key_\w+\) is revoked since /);
  const left = await keys(["list"]);
  expect(left.stdout).not.toMatch(/free|sub/);
  expect(left.stderr).toBe("2 more have ended: --all shows them.\n");
  const all = await keys(["list", "--all"]);
  expect(all.stdout).toMatch(/free .* revoked\n.* sub .* ended with its parent\n/);
  expect(JSON.parse((await keys(["list", "--all", "--json"])).stdout).data.length).toBeGreaterThan(1);
  expect((await get(`${team.url}/v1/models`, { authorization: `Bearer ${made.key}` })).status).toBe(401);
});

test("--json prints what the admin API says, all of it", async () => {
  const made = JSON.parse((await keys("create --name json --budget-tokens 5 --json")).stdout);
  expect(made.object).toBe("key");
  const headers = { authorization: `Bearer ${token}` };
  const shown = await get(`${team.url}/admin/v1/keys/${made.id}`, headers);
  expect(JSON.parse((await keys("show json --json")).stdout)).toEqual(shown.json());
  const listed = await get(`${team.url}/admin/v1/keys`, headers);
  expect(JSON.parse((await keys("list --all --json")).stdout)).toEqual(listed.json());
});

describe("what is wrong is said in the words of the command line", () => {
  test.each([
    [["create"], "required option '--name <name>' not specified"],
    [["create", "--name", "a", "--per", "day"], "--budget-tokens or --budget-usd"],
    [["create", "--name", "a", "--requests-per-minute", "0"], "1 or more, such as 500, 20k or 5M"],
    [["create", "--name", "a", "--tokens-per-day", "1.5"], "must be a whole number"],
    [["create", "--name", "a", "--budget-usd", "$5"], "an amount in US dollars"],
    [["create", "--name", "a", "--dialects", "soap"], "--dialects: must be one of openai-chat,"],
    [["create", "--name", "a", "--expires", "2001-01-01"], "--expires: is not in the future."],
    [["create", "--name", "a", "--expires", "soon"], "must be such as 30d"],
    [["create", "--name", "a", "--expires", "2099-02-30"], "must be such as 30d"],
    [["create", "--name", "a", "--parent", "key_none"], "There is no key 'key_none'."],
    [["create", "--name", "a", "--parent", "nobody"], 'There is no key of the name "nobody".'],
    [["create", "--name", "a", "--budget-tokens", "5", "--budget-usd", "6"], "cannot be used with"],
    [
      ["create", "--name", "a", "--share-budget", "bud_none"],
      "--share-budget: there is no budget 'bud_none'.",
    ],
    [["create", "--name", "a", "--share-budget", "bud_none", "--per", "day"], "--per says nothing"],
    [["create", "--name", "a\u001b[31m"], "--name: must have no control characters."],
    [["show", "akc-of-somebody"], "That is a key's secret"],
    [["revoke", "key_none"], "There is no key 'key_none'."],
    [["lst"], "Did you mean list?"],
  ])("keys %j", async (args, words) => {
    const { stdout, stderr, code } = await keys(args);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("akc-of-somebody");
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  test("a name that several have, a token that is wrong or missing, nobody who answers", async () => {
    for (const name of ["twin", "twin"]) await team.createKey({ name });
    expect((await keys(["show", "twin"])).stderr).toMatch(
      /^2 keys have the name "twin": key_\w+, key_\w+\. /,
    );
    const wrong = await keys(["list"], { ADMIN_TOKEN: "wrong" });
    expect(wrong.stderr).toContain("has another ADMIN_TOKEN than the one that is set here.");
    const missing = await keys(["list"], { ADMIN_TOKEN: "" });
    expect(missing.stderr).toMatch(/^ADMIN_TOKEN is not set here\./);
    const nobody = await keys(["list", "--url", "127.0.0.1:1"]);
    expect(nobody.stderr).toMatch(/^No gateway answers at http:\/\/127\.0\.0\.1:1 /);
    const simulator = await keys(["list", "--url", team.simulator.url]);
    expect(simulator.stderr).toMatch(/^Something else than a gateway with an admin API answers at /);
    for (const { code, stdout } of [wrong, missing, nobody, simulator]) {
      expect(code).toBe(2);
      expect(stdout).toBe("");
    }
    await using closed = await startTeam({ env: { ADMIN_TOKEN: "" } });
    expect((await keys(["list", "--url", closed.url])).stderr).toContain("has no ADMIN_TOKEN");
  });
});

test("the address in the .env of any folder never gets an ADMIN_TOKEN that is not from there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "keys-"));
  await writeFile(join(folder, ".env"), `SERVER_ADDRESS=${new URL(team.url).host}\n`);
  const asked: Run = await runProgram(
    ["keys", "list"],
    { ADMIN_TOKEN: token, PUBLIC_URL: "http://127.0.0.1:1" },
    { folder },
  );
  await writeFile(join(folder, ".env"), `SERVER_ADDRESS=${new URL(team.url).host}\nADMIN_TOKEN=${token}\n`);
  const own = await runProgram(["keys", "list"], {}, { folder });
  await rm(folder, { recursive: true });
  expect(asked.stderr).toContain("SERVER_ADDRESS in .env is not used: ADMIN_TOKEN is not from there");
  expect(own.code).toBe(0);
});
