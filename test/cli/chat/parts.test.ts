import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { completeLine, parseLine } from "../../../src/cli/chat/commands.ts";
import { describeUsage } from "../../../src/cli/chat/describe-usage.ts";
import { toFileName } from "../../../src/cli/chat/draw-to-file.ts";
import { historyPath, mostLines, openHistory } from "../../../src/cli/chat/history.ts";

test.each([
  ["hello", { kind: "message", text: "hello" }],
  ["/quit", { kind: "command", name: "quit", rest: "" }],
  ["/EXIT ", { kind: "command", name: "quit", rest: "" }],
  ["/image  a boat\nin red", { kind: "command", name: "image", rest: "a boat\nin red" }],
  ["/etc/passwd is what?", { kind: "message", text: "/etc/passwd is what?" }],
  ["//", { kind: "message", text: "//" }],
  [" /quit", { kind: "message", text: " /quit" }],
  ["/toString", { kind: "unknown", name: "tostring" }],
  ["/constructor x", { kind: "unknown", name: "constructor" }],
])("%j is read as %j", (line, expected) => {
  expect(parseLine(line)).toEqual(expected);
});

test.each([
  ["/mo", [["/model "], "/mo"]],
  ["/re", [["/reasoning ", "/retry "], "/re"]],
  ["/model deep", [["DeepSeek-V3.2"], "deep"]],
  ["/model ", [["DeepSeek-V3.2", "Kimi"], ""]],
  ["hello", [[], "hello"]],
  ["", [[], ""]],
])("Tab behind %j gives %j", (line, expected) => {
  expect(completeLine(line, ["DeepSeek-V3.2", "Kimi"])).toEqual(expected);
});

const now = new Date(2026, 10, 27, 18, 0).getTime();
const budget = {
  usedPercent: 39.4,
  spent: false,
  resetsAt: new Date(2026, 10, 27, 19, 5).getTime(),
  size: undefined,
};

test.each([
  [undefined, undefined, undefined],
  [{ estimated: true }, undefined, undefined],
  [{ inputTokens: 12, outputTokens: 340, estimated: false }, undefined, "12 + 340 tokens"],
  [
    { inputTokens: 12, outputTokens: 340, estimated: true },
    budget,
    "~12 + 340 tokens, 61 % of the budget left until 19:05",
  ],
  [undefined, { ...budget, usedPercent: 130 }, "0 % of the budget left until 19:05"],
  [
    undefined,
    { ...budget, resetsAt: new Date(2026, 10, 28, 2, 10).getTime() },
    "61 % of the budget left until Sat 02:10",
  ],
])("usage %j with budget %j is %j", (usage, left, expected) => {
  expect(describeUsage(usage, left, { now })).toBe(expected);
});

test.each([
  ["A red boat!", "a-red-boat"],
  ["一只狐狸，在雪地里", "一只狐狸-在雪地里"],
  ["../../etc/passwd", "etc-passwd"],
  ["!!!", "picture"],
  ["word ".repeat(50), "word-word-word-word-word-word-word-word-word-word"],
])("a picture of %j is in a file named %s", (prompt, name) => {
  expect(toFileName(prompt)).toBe(name);
});

test.each([
  [{}, "linux", "/home/ada/.local/state/akashchat-api/chat-history"],
  [{ XDG_STATE_HOME: "/var/ada" }, "linux", "/var/ada/akashchat-api/chat-history"],
  [{ XDG_STATE_HOME: "relative" }, "darwin", "/home/ada/.local/state/akashchat-api/chat-history"],
  [{ LOCALAPPDATA: "/local" }, "win32", "/local/akashchat-api/chat-history"],
  [{ XDG_STATE_HOME: "/var/ada" }, "win32", "/home/ada/AppData/Local/akashchat-api/chat-history"],
] as const)("with %j on %s the history is in %s", (environment, platform, path) => {
  expect(historyPath(environment, platform, "/home/ada").replaceAll("\\", "/")).toBe(path);
});

test("a history that has grown long is cut", async () => {
  const folder = await mkdtemp(join(tmpdir(), "chat-history-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "history");
  await writeFile(file, Array.from({ length: 2 * mostLines + 1 }, (_, index) => `${index}\n`).join(""));
  const history = openHistory(file, () => undefined);
  expect([history.lines.length, history.lines[0]]).toEqual([mostLines, String(2 * mostLines)]);
  expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(mostLines);
});
