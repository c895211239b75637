/** `akashchat-api usage` as a program, with and without a running gateway. */
import { expect, test } from "vitest";

import { usageObject } from "../../src/dialects/encode-gateway-usage.ts";
import { startCompatibleSimulator } from "../../src/simulator/compatible/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { runProgram } from "../support/run-program.ts";
import { startStack } from "../support/start-stack.ts";

const run = (args: readonly string[], environment: Record<string, string>) =>
  runProgram(["usage", ...args], environment);

/** An address at which nobody listens. */
const nowhere = "127.0.0.1:1";

test("asks the running gateway, with its key, and prints what that says", async () => {
  await using stack = await startStack({
    env: { BEARER_TOKEN: "key" },
    simulator: { tokenLimit: 25_000 },
  });
  const { url, simulator } = stack;
  simulator.enqueue({ text: "Hi.", usage: { promptTokens: 12_400, completionTokens: 100 } });
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hi" }] };
  await post(`${url}/v1/chat/completions`, body, { authorization: "Bearer key" });
  const environment = { SERVER_ADDRESS: new URL(url).host, BEARER_TOKEN: "key", AKASH_BASE_URL: "http://x" };

  const plain = await run([], environment);
  expect(plain).toMatchObject({ code: 0, stderr: "" });
  expect(plain.stdout).toMatch(
    /^akash-chat {2}50 % used\n {2}12,500 of 25,000 tokens left; a new budget at /,
  );
  expect(plain.stdout).toMatch(/ {2}DeepSeek-V3\.2 +1 +12,400 +100\n$/);

  const json = await run(["--json", "--url", url], { BEARER_TOKEN: "key" });
  expect(json).toMatchObject({ code: 0, stderr: "" });
  expect(usageObject.strict().parse(JSON.parse(json.stdout))).toMatchObject({
    upstreams: [{ name: "akash-chat", state: "available", used_tokens: 12_500 }],
    totals: { requests: 1, models: [{ model: "DeepSeek-V3.2", input_tokens: 12_400, output_tokens: 100 }] },
  });

  const locked = await run([], { SERVER_ADDRESS: new URL(url).host });
  expect(locked).toMatchObject({ code: 2, stdout: "" });
  expect(locked.stderr).toContain("BEARER_TOKEN");
});

test("asks the upstream itself when no gateway runs, and says so", async () => {
  const simulator = await startSimulator({ tokenLimit: 25_000 });
  const environment = { SERVER_ADDRESS: nowhere, AKASH_BASE_URL: simulator.url };
  const { stdout, stderr, code } = await run([], environment);
  const json = await run(["--json"], environment);
  await simulator.close();
  expect(stderr).toBe(`No gateway answers at http://${nowhere}: this is what akash-chat itself says.\n`);
  expect(stdout).toBe(
    "akash-chat  0 % used\n  all of 25,000 tokens left, for 4 h from the first request on\n  as it says now\n",
  );
  expect(code).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({ upstreams: [{ remaining_tokens: 25_000 }], totals: null });
});

test("asks each upstream", async () => {
  await using web = await startSimulator({ tokenLimit: 25_000 });
  await using paid = await startCompatibleSimulator({ persona: "akashml" });
  const environment = {
    SERVER_ADDRESS: nowhere,
    AKASH_BASE_URL: web.url,
    AKASHML_API_KEY: "k",
    AKASHML_BASE_URL: paid.baseUrl,
  };
  const { stdout, stderr, code } = await run([], environment);
  expect(stderr).toBe(
    `No gateway answers at http://${nowhere}: this is what the upstreams themselves say.\n`,
  );
  expect(stdout).toMatch(/^akash-chat {2}0 % used\n[^]*\nakashml {2}not known: the upstream does not say\n$/);
  expect(code).toBe(0);
});

test("says in words that nobody can be asked", async () => {
  const neither = await run([], { SERVER_ADDRESS: nowhere, AKASH_BASE_URL: `http://${nowhere}` });
  expect(neither).toMatchObject({ code: 1, stdout: "" });
  expect(neither.stderr).toContain("Akash Chat");
  expect(neither.stderr).not.toContain("    at ");
  // Who names a gateway means that one.
  const named = await run(["--url", `http://${nowhere}`], {});
  expect(named).toMatchObject({ code: 2, stdout: "" });
  expect(named.stderr).toContain(`No gateway answers at http://${nowhere}`);
});
