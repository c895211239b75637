import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

import { readFacts, type Facts } from "../scripts/docs/facts.ts";
import { findMistakes, readPages } from "../scripts/docs/find-mistakes.ts";
import type { Page } from "../scripts/docs/page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = readPages(root);
let facts: Facts;
beforeAll(async () => {
  facts = await readFacts(root);
});

/** What is found, each as a line for people, when one page is another text. */
function found(name: string, change: (text: string) => string): readonly string[] {
  const changed = pages.map((page): Page => (page.name === name ? { name, text: change(page.text) } : page));
  expect(changed).not.toEqual(pages);
  return findMistakes(changed, facts).map((mistake) => `${mistake.name}:${mistake.line}: ${mistake.problem}`);
}

/** The same for a project that has something more. */
function foundWith(change: Partial<Facts>): readonly string[] {
  return findMistakes(pages, { ...facts, ...change }).map(({ name, problem }) => `${name}: ${problem}`);
}

test("the documentation names what is there, and all of it", () => {
  expect(findMistakes(pages, facts)).toEqual([]);
});

describe("it finds, with file and line,", () => {
  test.each([
    ["a script that is gone", "`npm run lnit`", 'package.json has no script "lnit"'],
    ["a command that is gone", "`npx akashchat-api docter`", 'akashchat-api has no command "docter"'],
    ["a command of one", "`akashchat-api config chek`", 'akashchat-api config has no command "chek"'],
    ["an option that is gone", "`akashchat-api image x --file y.png`", "akashchat-api has no option --file"],
    ["a client that is not known", "`akashchat-api launch clade-code`", 'launch does not know "clade-code"'],
    ["a program that is gone", "`node bench/gone.ts`", "there is no bench/gone.ts"],
    ["a built program that is gone", "`node dist/gone.js`", "there is no dist/gone.js"],
    ["a file that is gone", "`src/gone.ts`", "there is no src/gone.ts"],
    ["a route that is gone", "`POST /v1/chat/completion`", "the gateway has no route /v1/chat/completion"],
    ["a route by another method", "`DELETE /v1/messages`", "/v1/messages is not called with DELETE"],
    ["a route in a URL", "http://localhost:16571/v1/model", "the gateway has no route /v1/model"],
    ["a setting that is gone", "`BEARER_TOKENS=x`", "no code knows BEARER_TOKENS"],
    ["a header that is gone", "`x-ignored-params`", "no code knows the header x-ignored-params"],
    ["a link to no file", "[gone](gone.md)", "there is no file docs/gone.md"],
    ["a link to no heading", "[gone](api.md#gone)", "docs/api.md has no heading #gone"],
  ])("%s", (_what, words, problem) => {
    const lines = pages.find(({ name }) => name === "docs/security.md")?.text.split("\n").length;
    expect(found("docs/security.md", (text) => `${text}\n${words}\n`)).toEqual([
      `docs/security.md:${Number(lines) + 1}: ${problem}`,
    ]);
  });

  test("the same inside of a fence", () => {
    const added = "\n```sh\nnpm run lnit && akashchat-api docter\n```\n";
    expect(found("docs/security.md", (text) => `${text}${added}`)).toHaveLength(2);
  });

  test.each([
    [".env.example", "#BERER_TOKEN=", "BERER_TOKEN is no setting"],
    ["compose.yaml", "      BERER_TOKEN: x", "BERER_TOKEN is no setting"],
    ["deploy/akash.sdl.yml", '      - "BERER_TOKEN=x"', "BERER_TOKEN is no setting"],
  ])("a wrong setting in %s", (name, line, problem) => {
    expect(found(name, (text) => `${line}\n${text}`)).toEqual(
      expect.arrayContaining([`${name}:1: ${problem}`]),
    );
  });

  test("a link of the changelog, whose commands may be gone", () => {
    expect(found("CHANGELOG.md", (text) => `[x](docs/gone.md) \`npm run gone\`\n${text}`)).toEqual([
      "CHANGELOG.md:1: there is no file docs/gone.md",
    ]);
  });
});

describe("it finds what no page names:", () => {
  test("a script, a command, a setting, a route", () => {
    expect(foundWith({ scripts: new Set([...facts.scripts, "new"]) })).toEqual([
      "package.json: no page names npm run new",
    ]);
    expect(foundWith({ commands: new Set([...facts.commands, "new"]) })).toEqual([
      "src/cli/run-cli.ts: no page names akashchat-api new",
    ]);
    expect(foundWith({ commands: new Set([...facts.commands, "config new"]) })).toEqual([
      "src/cli/run-cli.ts: no page names akashchat-api config new",
    ]);
    expect(foundWith({ settings: new Set([...facts.settings, "NEW_ONE"]) })).toEqual([
      "src/config.ts: no page names the setting NEW_ONE",
    ]);
    expect(foundWith({ routes: [...facts.routes, { path: "/v1/new/:id", methods: ["GET"] }] })).toEqual([
      "src/server/routes: no page names the route /v1/new/:id",
    ]);
  });
});

describe("README.zh-CN.md says the same as README.md:", () => {
  test.each([
    ["headings", "\n## One more\n"],
    ["lines of code", "\n```sh\nnpm test\n```\n"],
    ["table rows", "\n| one | more |\n"],
    ["links", "\n[one more](docs/api.md)\n"],
  ])("%s", (what, added) => {
    const mistakes = found("README.zh-CN.md", (text) => text + added);
    expect(mistakes).toEqual([expect.stringContaining(`README.zh-CN.md:1: ${what} differ from README.md`)]);
  });
});

test("the facts are read from the project", () => {
  expect([...facts.commands]).toEqual(
    expect.arrayContaining(["serve", "chat", "launch", "healthcheck", "config check"]),
  );
  expect([...facts.hiddenCommands]).toEqual(["healthcheck"]);
  expect(facts.options).toContain("--simulator-port");
  expect(facts.routes).toContainEqual({ path: "/v1/responses/:id", methods: ["GET", "HEAD", "DELETE"] });
  expect(facts.routes.length).toBeGreaterThan(12);
});
