import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { hasCall } from "../../../src/cli/doctor/has-call.ts";
import { leakedMarkup, startCompatibleSimulator } from "../../../src/simulator/compatible/index.ts";

import { startSimulator } from "../../../src/simulator/index.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { answerJson, serve } from "../../upstreams/akash-chat/support/serve.ts";
import { post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { runProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();

describe("doctor", () => {
  test("passes every check on a working upstream", async () => {
    akash.simulator.enqueue({ text: "ready" });
    const { code, stdout } = await runProgram(["doctor"], akash.settings);
    expect(stdout).toMatch(/ok {4}session .*good for \d+ s/);
    expect(stdout).toMatch(/ok {4}models .*e\.g\. DeepSeek-V3\.2/);
    expect(stdout).toMatch(/ok {4}completion .*said "ready"/);
    expect(code).toBe(0);
  });

  test.each([
    ["nobody listens", { AKASH_BASE_URL: "http://127.0.0.1:9" }, /FAIL {2}session .*refused/],
    ["the name is wrong", { AKASH_BASE_URL: "http://akash.invalid" }, /FAIL {2}session .*DNS/],
  ])("says what to do when %s", async (_, environment, finding) => {
    const { code, stdout } = await runProgram(["doctor"], environment);
    expect(stdout).toMatch(finding);
    expect(code).toBe(1);
  });

  test("tells how far the list of models can be trusted", async () => {
    await using away = await startSimulator();
    away.setDatabase("down");
    const raw = await runProgram(["doctor"], { AKASH_BASE_URL: away.url });
    expect(raw.stdout).toMatch(/ok {4}models .*back end's ids.*e\.g\. deepseek-ai\/DeepSeek-V3\.2/);
    expect(raw.code).toBe(0);
    away.setDatabase("up");
    away.setModels([{ id: "AkashGen" }]);
    const empty = await runProgram(["doctor"], { AKASH_BASE_URL: away.url });
    expect(empty.stdout).toMatch(/ok {4}models .*a guess: its back end did not answer/);
    expect(empty.stdout).toMatch(/FAIL {2}completion .*its back end does not answer/);
    expect(empty.code).toBe(1);
  });

  test("tells of a spent budget and of a configuration that is wrong", async () => {
    await using spent = await startSimulator({ tokenLimit: 1 });
    await runProgram(["chat", "hi"], { AKASH_BASE_URL: spent.url });
    const { stdout, code } = await runProgram(["doctor"], { AKASH_BASE_URL: spent.url });
    expect(stdout).toMatch(/FAIL {2}usage budget .*renewed at \d{4}-.*AKASHML_API_KEY/);
    expect(stdout).not.toContain("IPv4");
    expect(code).toBe(1);
    expect(await runProgram(["doctor"], { REASONING: "loud" })).toMatchObject({ code: 2 });
  });
});

/** A folder with a configuration file. */
async function createFolder(yaml: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "doctor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "gateway.yaml"), yaml);
  return folder;
}

/** A gateway that closes with the test. */
async function startStackWith(env: Record<string, string>) {
  const stack = await startStack({ env });
  onTestFinished(() => stack.close());
  return stack;
}

/** The program, where no gateway runs. */
const doctor = (args: readonly string[], environment: Record<string, string>, folder: string) =>
  runProgram(["doctor", ...args], { SERVER_ADDRESS: "127.0.0.1:9", ...environment }, { folder });

describe("doctor with several upstreams", () => {
  test("looks at each in its order, and asks nothing of one that has a key", async () => {
    await using paid = await startCompatibleSimulator({ persona: "akashml", apiKey: "s3cret" });
    await using own = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "mine" }] });
    await using refusing = await startCompatibleSimulator({ persona: "llama.cpp", apiKey: "other" });
    const folder = await createFolder(`upstreams:
  - { name: own, type: vllm, base_url: "${own.baseUrl}" }
  - { name: web, type: akash-chat, base_url: "${akash.simulator.url}" }
  - { name: paid, type: akashml, api_key: "\${KEY}", base_url: "${paid.baseUrl}" }
  - { name: refusing, type: llamacpp, api_key: "\${KEY}", base_url: "${refusing.baseUrl}" }
  - { name: away, type: openai, base_url: "http://127.0.0.1:9/v1", models: { include: [m] } }
`);
    akash.simulator.enqueue({ text: "ready" });
    const { code, stdout, stderr } = await doctor([], { KEY: "s3cret" }, folder);
    expect(stderr).toBe("");
    expect(code).toBe(1);
    expect(stdout).not.toContain("s3cret");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ after \d+ ms$/, ""));
    expect(lines).toEqual([
      "ok    configuration   5 upstreams, asked in this order: own, web, paid, refusing, away",
      `own: vllm at ${own.baseUrl}`,
      "ok    models          1 offered, e.g. mine",
      expect.stringMatching(/^ok {4}completion {6}mine said ".+"$/),
      `web: akash-chat at ${akash.simulator.url}`,
      expect.stringMatching(/^ok {4}session {9}reached, session good for \d+ s$/),
      "ok    models          9 offered, e.g. DeepSeek-V3.2",
      expect.stringMatching(/^ok {4}usage budget {4}0 % used, renewed at /),
      'ok    completion      DeepSeek-V3.2 said "ready"',
      `paid: akashml at ${paid.baseUrl}`,
      "ok    key             accepted",
      "ok    models          2 offered, e.g. deepseek-ai/DeepSeek-V4-Flash",
      expect.stringMatching(/^skip {2}completion {6}.*--probe/),
      `refusing: llamacpp at ${refusing.baseUrl}`,
      expect.stringMatching(/^FAIL {2}key {13}.*key/),
      "away: openai at http://127.0.0.1:9/v1",
      expect.stringMatching(/^FAIL {2}models {10}.*refused/),
      "skip  gateway         none runs at http://127.0.0.1:9",
      "docs/troubleshooting.md says more.",
    ]);
    // Nobody is billed for an answer to nothing.
    expect(paid.chats.map(({ body }) => body)).toEqual([{ model: "none", messages: [], max_tokens: 1 }]);
  });

  test.runIf(hasSqlite)(
    "probes a model at all that have it, and a gateway with the same DATA_DIR knows",
    async () => {
      await using strict = await startCompatibleSimulator({
        persona: "vllm",
        models: [{ id: "deepseek-ai/DeepSeek-V3.2" }],
        tools: "none-400",
      });
      await using able = await startCompatibleSimulator({
        persona: "akashml",
        models: [{ id: "deepseek-ai/DeepSeek-V3.2" }],
        tools: "dropped",
        apiKey: "k",
      });
      const folder = await createFolder(`upstreams:
  - { name: web, type: akash-chat, base_url: "${akash.simulator.url}" }
  - { name: strict, type: vllm, base_url: "${strict.baseUrl}" }
  - { name: able, type: akashml, api_key: k, base_url: "${able.baseUrl}", models: { tools: native } }
models: { fast: [strict/*, able/*] }
`);
      const data = join(folder, "data");
      const args = ["--probe", "fast", "DeepSeek-V3.2", "nobody-has-it", "AkashGen"];
      const before = akash.simulator.chats.length;
      const { code, stdout } = await doctor(args, { DATA_DIR: data }, folder);
      expect(code).toBe(1);
      const probed = stdout.slice(stdout.indexOf("probe fast")).trimEnd().split("\n");
      expect(probed).toEqual([
        expect.stringMatching(
          /^probe fast +answered by strict\/deepseek-ai\/DeepSeek-V3\.2, able\/deepseek-ai\/DeepSeek-V3\.2$/,
        ),
        expect.stringMatching(
          /strict\/deepseek-ai\/DeepSeek-V3\.2 emulated: its server refuses tools; \d+ tokens$/,
        ),
        expect.stringMatching(
          /able\/deepseek-ai\/DeepSeek-V3\.2 emulated: .*silently.*; but the configuration says native, and that counts; \d+ tokens$/,
        ),
        expect.stringMatching(/probe DeepSeek-V3\.2 answered by web\/DeepSeek-V3\.2, strict\//),
        expect.stringMatching(/^ok .*web\/DeepSeek-V3\.2 emulated: Akash Chat takes text alone$/),
        expect.stringMatching(/^FAIL {2}probe nobody-has-it The model `nobody-has-it` does not exist/),
        expect.stringMatching(/^ok {4}probe AkashGen +answered by web\/AkashGen$/),
        expect.stringMatching(/^skip .*does not chat/),
        `What was found is kept in ${data}, and used by a gateway that starts with it.`,
        "docs/troubleshooting.md says more.",
      ]);
      // One for the completion.
      expect(akash.simulator.chats.length - before).toBe(1);
      expect(await readFile(join(data, "upstreams.json"), "utf8")).toContain('"tools": "emulated"');
      const asked = strict.chats.length;
      const environment = { DATA_DIR: data, CONFIG_FILE: join(folder, "gateway.yaml") };
      const own = await startStackWith(environment);
      const tools = [
        { type: "function", function: { name: "ping", parameters: { type: "object", properties: {} } } },
      ];
      const body = { model: "fast", messages: [{ role: "user", content: "ping" }], tools };
      expect((await post(`${own.url}/v1/chat/completions`, body)).status).toBe(200);
      expect(strict.chats).toHaveLength(asked + 1);
      expect(strict.chats.at(-1)?.body).not.toHaveProperty("tools");
    },
  );

  test("asks the gateway that runs what rests there", async () => {
    await using gateway = await serve((_seen, response) => {
      const upstreams = [
        { name: "web", model: "m", answers_now: false },
        { name: "own", model: "m", answers_now: true },
      ];
      answerJson(response, 200, { object: "list", data: [{ id: "m", upstreams }, { id: "old" }] });
    });
    const { stdout } = await runProgram(["doctor"], {
      ...akash.settings,
      SERVER_ADDRESS: new URL(gateway.url).host,
    });
    expect(stdout).toContain(`ok    gateway         runs at ${gateway.url}; web rests\n`);
    expect(stdout).not.toContain("Everything works.");
    expect(stdout).toContain("the running gateway does not ask web at the moment");
  });

  test("names an upstream of which nothing answers once, with the end of it, and of others some models", async () => {
    const resetsAt = new Date(Date.now() + 60_000).toISOString();
    const ids = ["a", "b", "c", "d", "e"];
    await using gateway = await serve((seen, response) => {
      if (seen.url.startsWith("/v1/usage")) {
        const unknown = { used_percent: null, used_tokens: null, remaining_tokens: null, limit_tokens: null };
        const when = { window_seconds: null, estimated: null, checked_at: null, resets_in_seconds: 60 };
        const upstreams = [{ name: "web", state: "spent", ...unknown, ...when, resets_at: resetsAt }];
        answerJson(response, 200, { object: "usage", upstreams, totals: null });
        return;
      }
      const data = ids.map((id) => ({
        id,
        upstreams: [
          { name: "web", model: id, answers_now: false },
          { name: "own", model: id, answers_now: id === "e" },
        ],
      }));
      answerJson(response, 200, { object: "list", data });
    });
    const { stdout } = await runProgram(["doctor"], {
      ...akash.settings,
      SERVER_ADDRESS: new URL(gateway.url).host,
    });
    expect(stdout).toMatch(
      /; web rests until (?:\w+ )?\d\d:\d\d; there rest own\/a, own\/b, own\/c and 1 more of own\n/,
    );
  });
});

test.for(Object.entries(leakedMarkup))("a call that leaks as text is seen as one: %s", ([, write]) => {
  const tool = { name: "ping", parameters: { type: "object", properties: {} } };
  expect(hasCall(write([{ name: "ping", input: {} }]), tool)).toBe(true);
  expect(hasCall("I can't call the function `ping` from here.", tool)).toBe(false);
});
