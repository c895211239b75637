import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../../src/simulator/index.ts";
import { runProgram } from "../../support/run-program.ts";

let simulator: Simulator;
let upstream: Record<string, string>;
beforeAll(async () => {
  simulator = await startSimulator();
  upstream = { AKASH_BASE_URL: simulator.url, IMAGE_POLL_MS: "10" };
});
afterAll(() => simulator.close());

describe("chat", () => {
  test("streams the answer to standard output and the thinking, if asked, to standard error", async () => {
    simulator.enqueue({ reasoning: "hm", text: ["Hel", "lo"] });
    const answer = await runProgram(
      ["chat", "hi", "--model", "DeepSeek-V3.2", "--system", "be brief", "--reasoning"],
      upstream,
    );
    expect(answer).toMatchObject({ code: 0, stdout: "Hello\n", stderr: "hm\n---\n" });
    expect(simulator.chats.at(-1)?.body).toMatchObject({ model: "DeepSeek-V3.2", system: "be brief" });
  });

  test("reads the question from standard input, and takes the first model", async () => {
    simulator.enqueue({ text: "42" });
    expect(await runProgram(["chat", "-"], upstream, { input: "six times seven?" })).toMatchObject({
      code: 0,
      stdout: "42\n",
    });
    expect(simulator.chats.at(-1)?.body).toMatchObject({ messages: [{ content: "six times seven?" }] });
  });

  test("says in one line why there is no answer", async () => {
    simulator.enqueue({ error: { kind: "usage" } });
    const { code, stdout, stderr } = await runProgram(["chat", "hi"], upstream);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/usage limit/i);
  });

  test("refuses a model that draws before a picture is made", async () => {
    const before = simulator.chats.length;
    const { code, stderr } = await runProgram(["chat", "hi", "--model", "AkashGen"], upstream);
    expect(code).toBe(2);
    expect(stderr).toContain("--model: AkashGen draws pictures");
    expect(simulator.chats).toHaveLength(before);
  });
});
