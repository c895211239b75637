import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { runProgram, startProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "chat-program-"));
  onTestFinished(() => rm(home, { recursive: true }));
});

/** The gateway's settings, and where the program keeps its history on Windows. */
const settings = (environment: Readonly<Record<string, string>>) => ({
  ...akash.settings,
  LOCALAPPDATA: home,
  ...environment,
});

function ask(args: readonly string[], { input = "", ...environment }: Readonly<Record<string, string>> = {}) {
  return runProgram(["chat", ...args], settings(environment), { input, folder: home });
}

describe("chat without a terminal", () => {
  test.each([[[]], [["-"]]])("reads the question from standard input, with arguments %j", async (args) => {
    akash.simulator.enqueue({ text: "42" });
    expect(await ask(args, { input: "six times seven?" })).toEqual({ code: 0, stdout: "42\n", stderr: "" });
    expect(akash.simulator.chats.at(-1)?.body).toMatchObject({ messages: [{ content: "six times seven?" }] });
  });

  test("--reasoning parts the thinking from the answer, which stands alone on standard output", async () => {
    akash.simulator.enqueue({ reasoning: "hm", text: ["4", "2"] });
    expect(await ask(["hi", "--reasoning"])).toEqual({ code: 0, stdout: "42\n", stderr: "hm\n---\n" });
  });

  test("takes DEFAULT_MODEL, and what is named before it", async () => {
    const environment = { DEFAULT_MODEL: "openai-gpt-oss-120b" };
    akash.simulator.enqueue({ text: "1" });
    await ask(["hi"], environment);
    akash.simulator.enqueue({ text: "2" });
    await ask(["hi", "-m", "DeepSeek-V3.2"], environment);
    expect(akash.simulator.chats.slice(-2).map(({ body }) => body)).toMatchObject([
      { model: "openai-gpt-oss-120b" },
      { model: "DeepSeek-V3.2" },
    ]);
  });

  test.each([
    [["draw a cat", "-m", "AkashGen"], /^--model: AkashGen draws pictures .* image[^\n]*\n$/],
    [[], /^The question is empty[^\n]*\n$/],
    [[" "], /^The question is empty[^\n]*\n$/],
  ])("%j is refused before anything is spent", async (args, words) => {
    const before = akash.simulator.chats.length;
    expect(await ask(args)).toEqual({ code: 2, stdout: "", stderr: expect.stringMatching(words) });
    expect(akash.simulator.chats).toHaveLength(before);
  });
});

test("what draws is refused by its name also where an alias chose it", async () => {
  const { code, stderr } = await ask(["hi"], { MODEL_ALIASES: "auto=AkashGen" });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^AkashGen draws pictures and can't hold a conversation\./);
});

/** The program takes its pipes for a terminal. */
const asTerminal = {
  NODE_OPTIONS: `--import "data:text/javascript,process.stdin.isTTY=true;process.stdout.isTTY=true"`,
};

describe("chat on a terminal, without a prompt", () => {
  test.each([
    [[], ["chat-history"]],
    [["--no-history"], []],
  ])("is a conversation until /quit; with %j it leaves the files %j", async (args, files) => {
    const child = startProgram(["chat", ...args], settings(asTerminal), home);
    onTestFinished(() => void child.kill("SIGKILL"));
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (shown += part));
    const errors = text(child.stderr);
    const until = async (part: string) => {
      while (!shown.includes(part)) await once(child.stdout, "data");
    };
    await until("> ");
    akash.simulator.enqueue({ text: "Hello Ada" });
    child.stdin.write("I am Ada\r");
    await until("Hello Ada\n");
    akash.simulator.enqueue({ text: "You are Ada" });
    child.stdin.write("Who am I?\r");
    await until("You are Ada\n");
    child.stdin.write("/quit\r");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(akash.simulator.chats.at(-1)?.body).toMatchObject({
      messages: [{ content: "I am Ada" }, { content: "Hello Ada" }, { content: "Who am I?" }],
    });
    expect(await errors).toContain("/help lists the commands");
    // The terminal is as it was.
    expect(shown.split("\u001B[?2004h")).toHaveLength(2);
    expect(shown.endsWith("\u001B[?2004l")).toBe(true);

    const left = (await readdir(home, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    expect(left.map(({ name }) => name)).toEqual(files);
    for (const { parentPath, name } of left) {
      const path = join(parentPath, name);
      expect(await readFile(path, "utf8")).toBe("I am Ada\nWho am I?\n/quit\n");
      if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });
});
