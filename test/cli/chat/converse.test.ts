import { chmod, mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { openHistory } from "../../../src/cli/chat/history.ts";
import type { ChatBody } from "../../../src/simulator/types.ts";
import { createGate } from "../../support/gate.ts";
import { keys, startTalk, type Talk } from "./talk.ts";

const bodies = (talk: Talk) => talk.simulator.chats.map(({ body }) => body as ChatBody);

/** Says something and waits for the answer and the prompt behind it. */
async function say(talk: Talk, text: string, answer: string): Promise<string> {
  talk.simulator.enqueue({ text: answer });
  talk.type(text + keys.enter);
  return (await talk.shown("tokens")) + (await talk.shown("> "));
}

describe("a conversation", () => {
  test("begins with the model and how to go on, and sends with each turn what was said", async () => {
    await using talk = await startTalk({ system: "be brief" });
    expect(await talk.shown("> ")).toMatch(/^DeepSeek-V3\.2\. \/help lists the commands, Ctrl-D ends\.\n/);
    expect(await say(talk, "My name is Ada", "Hello Ada")).toMatch(/Hello Ada\n.*\d+ \+ \d+ tokens/s);
    await say(talk, "Who am I?", "Ada");
    expect(bodies(talk)).toMatchObject([
      { system: "be brief", messages: [{ content: "My name is Ada" }] },
      {
        system: "be brief",
        messages: [{ content: "My name is Ada" }, { content: "Hello Ada" }, { content: "Who am I?" }],
      },
    ]);
    talk.type(keys.ctrlD);
    await talk.ended;
  });

  test("a paste is one message, whatever stands in it", async () => {
    await using talk = await startTalk();
    await talk.shown("> ");
    talk.type(keys.paste("first\r/quit\r\tthird \\\rlast"));
    await talk.shown("… last");
    await say(talk, "!", "ok");
    expect(bodies(talk)).toMatchObject([{ messages: [{ content: "first\n/quit\n\tthird \\\nlast!" }] }]);
  });

  test("a line goes on behind a backslash and inside an open block of code", async () => {
    await using talk = await startTalk();
    await talk.shown("> ");
    talk.type(`one \\${keys.enter}`);
    await talk.shown("… ");
    await say(talk, "two", "ok");
    talk.type(`\`\`\`js${keys.enter}`);
    await talk.shown("… ");
    talk.type(`a();${keys.enter}`);
    await talk.shown("… ");
    await say(talk, "```", "ok");
    expect(bodies(talk).map((body) => body.messages.at(-1)?.content)).toEqual([
      "one \ntwo",
      "```js\na();\n```",
    ]);
  });

  test("Ctrl-C stops the answer, keeps what came, and the conversation goes on", async () => {
    await using talk = await startTalk();
    await talk.shown("> ");
    talk.simulator.enqueue({ text: ["Once ", "upon"], gate: createGate().promise, gateAfter: 1 });
    talk.type(`A story${keys.enter}`);
    await talk.shown("Once");
    talk.type(keys.ctrlC);
    expect(await talk.shown("> ")).toContain("Stopped.");
    await say(talk, "And then?", "the end");
    expect(bodies(talk)[1]?.messages.map(({ content }) => content)).toEqual([
      "A story",
      "Once ",
      "And then?",
    ]);
  });

  test("Ctrl-C clears what was typed, and ends when there is nothing: at the second time", async () => {
    await using talk = await startTalk();
    await talk.shown("> ");
    talk.type(`half \\${keys.enter}more`);
    await talk.shown("… more");
    talk.type(keys.ctrlC);
    await talk.shown("> ");
    talk.type(keys.ctrlC);
    await talk.shown("Ctrl-C again");
    await say(talk, "whole", "ok");
    expect(bodies(talk)).toMatchObject([{ messages: [{ content: "whole" }] }]);
    talk.type(keys.ctrlC);
    await talk.shown("Ctrl-C again");
    talk.type(keys.ctrlC);
    await talk.ended;
  });

  test("what is typed into an answer waits for its end, unseen until then", async () => {
    await using talk = await startTalk();
    await talk.shown("> ");
    const gate = createGate();
    talk.simulator.enqueue({ text: ["One", "."], gate: gate.promise, gateAfter: 1 });
    talk.simulator.enqueue({ text: "Two." });
    talk.type(`first${keys.enter}`);
    await talk.shown("One");
    talk.type(`second${keys.enter}`);
    gate.open();
    expect(await talk.shown("Two.")).toMatch(/^\.\n.*> second\n/s);
    expect(bodies(talk)).toHaveLength(2);
  });

  test("a failure is one line; the question can be sent again", async () => {
    await using talk = await startTalk();
    await say(talk, "one", "1");
    talk.simulator.enqueue({ error: { kind: "three", message: "Bad\nthings" } });
    talk.type(`two${keys.enter}`);
    const text = await talk.shown("/retry sends the question again.");
    expect(text.trim().split("\n").at(-1)).toMatch(/\/retry/);
    expect(text).not.toMatch(/\n\s+at /);
    talk.simulator.enqueue({ text: "2" });
    talk.type(`/retry${keys.enter}`);
    await talk.shown("tokens");
    expect(
      bodies(talk)
        .at(-1)
        ?.messages.map(({ content }) => content),
    ).toEqual(["one", "1", "two"]);
  });

  test("what is too long for the model is left out from its beginning, with a word", async () => {
    const models = [{ id: "Small", tokenLimit: 4000 }];
    await using talk = await startTalk({ simulatorOptions: { models } });
    await say(talk, "word ".repeat(1500), "one");
    await say(talk, "word ".repeat(1000), "two");
    talk.simulator.enqueue({ text: "three" });
    talk.type(`${"word ".repeat(1000)}${keys.enter}`);
    expect(await talk.shown("tokens")).toContain(
      "The 2 oldest messages are left out: the context of Small is full.",
    );
    expect(bodies(talk).at(-1)?.messages).toHaveLength(3);
    // Once said is enough.
    expect(await say(talk, "and now?", "four")).not.toContain("left out");
  });

  test("a terminal is not moved by what a model writes", async () => {
    await using talk = await startTalk();
    expect(await say(talk, "hi", "a\u001B[2Jb\u0007\r\n\tc")).toContain("a[2Jb\n\tc");
  });

  test("is refused for a model that draws, before anything is typed", async () => {
    await using talk = await startTalk({ model: "AkashGen" });
    await expect(talk.ended).rejects.toThrow(/AkashGen draws pictures.*akashchat-api image/);
  });

  test("goes on when there is no model at the start", async () => {
    await using talk = await startTalk({ model: "None" });
    expect(await talk.shown("> ")).toMatch(/does not exist/);
    talk.type(`/model DeepSeek-V3.2${keys.enter}`);
    await talk.shown("goes on");
    expect(await say(talk, "hi", "hello")).toContain("hello");
  });

  test("ends when its signal does", async () => {
    const controller = new AbortController();
    await using talk = await startTalk({ signal: controller.signal });
    await talk.shown("> ");
    controller.abort();
    await talk.ended;
  });
});

describe("the commands", () => {
  test("/model lists, switches, and is completed by Tab", async () => {
    await using talk = await startTalk({ env: { MODEL_ALIASES: "fast=Kimi-K2-Instruct" } });
    await talk.shown("> ");
    talk.type(`/model${keys.enter}`);
    const list = await talk.shown("> ");
    expect(list).toContain("* DeepSeek-V3.2  (64000 tokens)\n");
    expect(list).toContain("AkashGen  (draws: /image)\n");
    // One after the other: in what comes at once, such as a paste, Tab is a character.
    talk.type("/mo");
    talk.type(keys.tab);
    await talk.shown("/model ");
    talk.type("kim");
    talk.type(keys.tab);
    await talk.shown("Kimi-K2-Instruct");
    talk.type(keys.enter);
    await talk.shown("Kimi-K2-Instruct goes on");
    await say(talk, "hi", "hello");
    talk.type(`/model AkashGen${keys.enter}`);
    await talk.shown("Draw with /image");
    talk.type(`/model Nonsense${keys.enter}`);
    await talk.shown("does not exist");
    talk.type(`/model fast${keys.enter}`);
    await talk.shown("goes on");
    await say(talk, "hi", "hello");
    expect(bodies(talk).map((body) => body.model)).toEqual(["Kimi-K2-Instruct", "Kimi-K2-Instruct"]);
  });

  test("/system shows, sets and removes; /new and /clear forget", async () => {
    await using talk = await startTalk();
    talk.type(`/system${keys.enter}`);
    await talk.shown("System prompt: none of your own");
    talk.type(`/system Speak like a pirate.${keys.enter}`);
    await talk.shown("System prompt: Speak like a pirate.");
    await say(talk, "hi", "Arr");
    for (const command of ["/new", "/clear"]) {
      talk.type(command + keys.enter);
      await talk.shown("forgotten");
      await say(talk, command.slice(1), "ok");
      expect(bodies(talk).at(-1)?.messages).toHaveLength(1);
    }
    expect(bodies(talk)[0]).toMatchObject({ system: "Speak like a pirate." });
    talk.type(`/system off${keys.enter}`);
    await talk.shown("none of your own");
    await say(talk, "hi", "Hello");
    expect(bodies(talk).at(-1)?.system).not.toContain("pirate");
  });

  test("/reasoning shows the thinking, parted from the answer by a line", async () => {
    await using talk = await startTalk();
    await talk.shown("> ");
    talk.simulator.enqueue({ reasoning: "hm", text: "Yes" });
    talk.simulator.enqueue({ reasoning: "hm", text: "No" });
    talk.type(`hi${keys.enter}`);
    expect(await talk.shown("tokens")).not.toContain("hm");
    talk.type(`/reasoning${keys.enter}`);
    await talk.shown("shown");
    talk.type(`hi${keys.enter}`);
    expect(await talk.shown("tokens")).toMatch(/hm\n---\nNo\n/);
    talk.type(`/reasoning${keys.enter}`);
    await talk.shown("hidden");
  });

  test("/image draws into a new file, tells how it goes, and can be stopped", async () => {
    const folder = await mkdtemp(join(tmpdir(), "chat-image-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await using talk = await startTalk({ caller: { environment: {}, folder, script: undefined } });
    for (const file of ["a-red-boat.png", "a-red-boat-2.png"]) {
      talk.simulator.enqueue({ image: { prompt: "A boat\nin red" } });
      talk.type(`/image a red boat!${keys.enter}`);
      expect(await talk.shown("KiB)")).toMatch(
        new RegExp(`A boat in red\n.*waiting.*\n\\./${file} \\(`, "s"),
      );
    }
    expect((await readFile(join(folder, "a-red-boat.png"))).subarray(1, 4).toString("latin1")).toBe("PNG");
    talk.simulator.enqueue({ image: { prompt: "Never", statuses: ["waiting"] } });
    talk.type(`/image never${keys.enter}`);
    await talk.shown("waiting");
    talk.type(keys.ctrlC);
    await talk.shown("Stopped.");
    talk.type(`/image${keys.enter}`);
    await talk.shown("Say what to draw");
    expect(await readdir(folder)).toHaveLength(2);
    // No picture is a turn of the conversation.
    await say(talk, "hi", "hello");
    expect(bodies(talk).at(-1)?.messages).toHaveLength(1);
  });

  test("/image asks for nothing where no file can be kept", async () => {
    const folder = await mkdtemp(join(tmpdir(), "chat-image-"));
    await using talk = await startTalk({ caller: { environment: {}, folder, script: undefined } });
    await rm(folder, { recursive: true });
    talk.type(`/image a red boat${keys.enter}`);
    await talk.shown("ENOENT");
    await say(talk, "hi", "hello");
    expect(bodies(talk)).toHaveLength(1);
  });

  test("/help lists them, /retry needs a question, others are named, /quit ends", async () => {
    await using talk = await startTalk();
    talk.type(`/help${keys.enter}`);
    expect(await talk.shown("Ctrl-C stops")).toContain("/image <prompt>");
    talk.type(`/retry${keys.enter}`);
    await talk.shown("There is no question yet.");
    talk.type(`/quite${keys.enter}`);
    await talk.shown("There is no command /quite.");
    talk.type(keys.enter);
    talk.type(`/quit${keys.enter}`);
    await talk.ended;
    expect(bodies(talk)).toEqual([]);
  });
});

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chat-history-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const fail = (problem: string): never => {
  throw new Error(problem);
};

describe("the history", () => {
  test("outlives the session, in a file that only its user may read", async () => {
    const file = join(await createFolder(), "state", "chat-history");
    {
      await using talk = await startTalk({ history: openHistory(file, fail) });
      await say(talk, "the first question", "1");
      await say(talk, "the second question", "2");
    }
    expect(await readFile(file, "utf8")).toBe("the first question\nthe second question\n");
    if (process.platform !== "win32") {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      // One that somebody else's umask made.
      await chmod(file, 0o644);
    }
    await using talk = await startTalk({ history: openHistory(file, fail) });
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
    await talk.shown("> ");
    talk.type(keys.up + keys.up);
    await talk.shown("> the first question");
    talk.simulator.enqueue({ text: "again" });
    talk.type(keys.enter);
    await talk.shown("again");
  });

  test("that can't be written is told once, and nothing else fails", async () => {
    const folder = await createFolder();
    const problems: string[] = [];
    await using talk = await startTalk({ history: openHistory(folder, (problem) => problems.push(problem)) });
    await say(talk, "one", "1");
    await say(talk, "two", "2");
    expect(problems).toEqual([expect.stringContaining("The history is not kept")]);
  });
});
