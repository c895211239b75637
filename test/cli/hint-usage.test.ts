import { expect, test } from "vitest";

import { hintUsage } from "../../src/cli/hint-usage.ts";

const unknown = "commander.unknownOption";
const excess = "commander.excessArguments";

test.each([
  [
    unknown,
    ["launch", "codex", "-p", "hi"],
    "after --, like this: npx akashchat-api launch codex -- -p hello",
  ],
  [unknown, ["launch", "-p", "hi"], "like this: npx akashchat-api launch claude-code -- -p hello"],
  [unknown, ["serve", "--port", "8080"], "SERVER_ADDRESS=localhost:8080"],
  [unknown, ["--port", "8080"], "SERVER_ADDRESS=localhost:8080"],
  [unknown, ["demo", "--host", "x"], "SERVER_ADDRESS=localhost:8080"],
  [excess, ["chat", "Why", "is"], 'wants quotes, like this: npx akashchat-api chat "Why is the sky blue?"'],
  ["commander.unknownCommand", ["check", "x.yaml"], "like this: npx akashchat-api config check"],
  ["commander.unknownCommand", ["config", "chek"], "npx akashchat-api config --help shows"],
  ["commander.missingMandatoryOptionValue", ["keys", "create"], "npx akashchat-api keys create --help shows"],
  ["commander.invalidArgument", ["keys", "create", "--concurrency", "0"], "keys create --help shows"],
  ["commander.help", ["keys"], "npx akashchat-api keys --help shows"],
  [
    "commander.conflictingOption",
    ["usage", "--json", "--format", "csv"],
    "npx akashchat-api usage --help shows",
  ],
  [excess, ["image", "a", "cat"], 'like this: npx akashchat-api image "a cat in a spacesuit"'],
])("%s of %j has a hint", (code, args, hint) => {
  expect(hintUsage({ code, message: "", args, command: "npx akashchat-api" })).toContain(hint);
});

test.each([
  [unknown, ["launch", "codex", "--fulll", "--", "-p"], "(Did you mean --full?)", "launch "],
  [unknown, ["launch", "codex", "--smal"], "(Did you mean --small?)", "launch "],
  [unknown, ["chat", "--verbose"], "", "chat "],
  [excess, ["models", "x"], "", "models "],
  ["commander.unknownCommand", ["srve"], "(Did you mean serve?)", ""],
  ["commander.missingArgument", ["connect"], "", "connect "],
])("%s of %j is told where the help is", (code, args, message, where) => {
  expect(hintUsage({ code, message, args, command: "akashchat-api" })).toBe(
    `akashchat-api ${where}--help shows what there is.`,
  );
});
