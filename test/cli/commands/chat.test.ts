import { describe, expect, test } from "vitest";

import { runProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();

describe("chat", () => {
  test("streams the answer to standard output and the thinking, if asked, to standard error", async () => {
    akash.simulator.enqueue({ reasoning: "hm", text: ["Hel", "lo"] });
    const answer = await runProgram(
      ["chat", "hi", "--model", "DeepSeek-V3.2", "--system", "be brief", "--reasoning"],
      akash.settings,
    );
    expect(answer).toMatchObject({ code: 0, stdout: "Hello\n", stderr: "hm\n---\n" });
    expect(akash.simulator.chats.at(-1)?.body).toMatchObject({ model: "DeepSeek-V3.2", system: "be brief" });
  });

  test("reads the question from standard input, and takes the first model", async () => {
    akash.simulator.enqueue({ text: "42" });
    expect(await runProgram(["chat", "-"], akash.settings, { input: "six times seven?" })).toMatchObject({
      code: 0,
      stdout: "42\n",
    });
    expect(akash.simulator.chats.at(-1)?.body).toMatchObject({ messages: [{ content: "six times seven?" }] });
  });

  test("says in one line why there is no answer", async () => {
    akash.simulator.enqueue({ error: { kind: "usage" } });
    const { code, stdout, stderr } = await runProgram(["chat", "hi"], akash.settings);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/usage limit/i);
  });

  test("refuses a model that draws before a picture is made", async () => {
    const before = akash.simulator.chats.length;
    const { code, stderr } = await runProgram(["chat", "hi", "--model", "AkashGen"], akash.settings);
    expect(code).toBe(2);
    expect(stderr).toContain("--model: AkashGen draws pictures");
    expect(akash.simulator.chats).toHaveLength(before);
  });
});
