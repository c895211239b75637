import { expect, test } from "vitest";

import { highlight } from "../../../src/console/domain/markdown/highlight.ts";

const show = (code: string, language: string) =>
  highlight(code, language)
    .map(({ kind, text }) => (kind === "plain" ? text : `[${kind} ${text}]`))
    .join("");

test.each([
  ["UPDATE budget SET used = 1", "sql", "[keyword UPDATE] budget [keyword SET] used = 1"],
  ['import x from "import";', "js", '[keyword import] x [keyword from] "import";'],
  ["a // new\nnew B()", "ts", "a [comment // new]\n[keyword new] B()"],
  ["# if\nif x:", "python", "[comment # if]\n[keyword if] x:"],
  ["if you say so", "text", "if you say so"],
  ["Return", "js", "Return"],
])("%j", (code, language, shown) => expect(show(code, language)).toBe(shown));

test("nothing is lost or added, whatever it is", () => {
  const code = "\"'`/*// # -- \\\n'a\\".repeat(400);
  expect(
    highlight(code, "js")
      .map(({ text }) => text)
      .join(""),
  ).toBe(code);
});

test("words of SQL are keywords in SQL, and in capitals", () => {
  expect(show("select limit", "SQL")).toBe("[keyword select] [keyword limit]");
  expect(show("limit, index", "ts")).toBe("limit, index");
  expect(show("LIMIT", "ts")).toBe("[keyword LIMIT]");
});
