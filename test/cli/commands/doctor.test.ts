import { describe, expect, test } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
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
    expect(empty.stdout).toMatch(/FAIL {2}models .*No chat model/);
    expect(empty.code).toBe(1);
  });

  test("tells of a spent budget and of a configuration that is wrong", async () => {
    await using spent = await startSimulator({ tokenLimit: 1 });
    await runProgram(["chat", "hi"], { AKASH_BASE_URL: spent.url });
    const { stdout, code } = await runProgram(["doctor"], { AKASH_BASE_URL: spent.url });
    expect(stdout).toMatch(/FAIL {2}usage budget .*renewed at \d{4}-/);
    expect(code).toBe(1);
    expect(await runProgram(["doctor"], { REASONING: "loud" })).toMatchObject({ code: 2 });
  });
});
