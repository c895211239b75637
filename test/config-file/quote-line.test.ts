import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { quoteLine } from "../../src/config-file/quote-line.ts";

const top = "upstreams:\n";

/** Quotes the last line, with `^` below the column of `|`, which is taken out. */
function quote(source: string): string {
  const lines = source.split("\n");
  const last = lines.pop() ?? "";
  const { text, caret } = quoteLine([...lines, last.replace("|", "")], lines.length, last.indexOf("|"));
  return `${text}\n${" ".repeat(caret)}^`;
}

describe("quoteLine", () => {
  it.each<[string, string]>([
    ["  - { name: web, |tpye: akash-chat }", "  - { name: web, tpye: … }\n                 ^"],
    ["  - |name: a b", "  - name: a …\n    ^"],
    ["    api_key: |s3cret # s3cret", "    api_key: … # …\n             ^"],
    ["    api_key: 's3|cret'", "    api_key: '…'\n             ^"],
    ['    api_key: |"s3cret, s3: cret', "    api_key: …\n             ^"],
    ["    api_key: |s3cret: s3cret", "    api_key: … …\n             ^"],
    [
      "    headers: { A: |Basic: s3cret, &a B: *s3cret }",
      "    headers: { A: … …, &a B: … }\n                  ^",
    ],
    ["    apikey: |&s3cret", "    apikey: …\n            ^"],
    ["    <<: |*own", "    <<: …\n        ^"],
    ["    apikey: |${KEY:-s3cret}", "    apikey: ${KEY:-…}\n            ^"],
    ["    api_key: |${s3cret-s}x", "    api_key: ${…}…\n             ^"],
    ["    api_key: |${file:/run/key}", "    api_key: ${file:/run/key}\n             ^"],
    [
      "    base_url: |http://me:s3cret@gpu:8000/v1?key=s3cret",
      "    base_url: http://…@gpu:8000/v1?…\n              ^",
    ],
    ["    base_url: |me:s3cret@gpu:8000", "    base_url: …@gpu:8000\n              ^"],
    ["    base_url: |http://me:s3cret", "    base_url: http://me:…\n              ^"],
    ["    base_url: |http://gpu:8000/v1", "    base_url: http://gpu:8000/v1\n              ^"],
    ["    base_url: |${URL:-http://gpu}", "    base_url: ${URL:-…}\n              ^"],
    [
      "    headers: { name: s3cret, X: Bearer s3cret, |a }",
      "    headers: { name: …, X: … …, … }\n                                ^",
    ],
    ["    headers:\n      |type: s3cret", "      type: …\n      ^"],
    ["  - { name: a, headers: {\n      |type: s3cret } }", "      type: … } }\n      ^"],
    ["    api_key: >\n      |s3cret", "      …\n      ^"],
    ["  - name: a\n    |s3cret", "    …\n    ^"],
    ["  - name: a\n     |s3cret", "     …\n     ^"],
    [
      "    models: { |tools: yes, include: [a, b], x: [s3cret] }",
      "    models: { tools: yes, include: [a, b], x: […] }\n              ^",
    ],
    ["    models:\n      include:\n        - |a/b*", "        - a/b*\n          ^"],
    ["  - &|own\tname: b", "  - &own name: b\n     ^"],
    ["  - *|own", "  - *own\n     ^"],
    ["  - { s3cret }|", "  - { … }\n         ^"],
    ["|sk-s3cret", "…\n^"],
    ["models:\n  fast: [|wbe/x, web]", "  fast: [wbe/x, web]\n         ^"],
    ["models:\n  fast:\n  - |wbe/x", "  - wbe/x\n    ^"],
    ["aliases: { |a: fsat, api_key: s3cret }", "aliases: { a: fsat, api_key: … }\n           ^"],
    ['aliases:\n  "gpt-*": |fsat', '  "gpt-*": fsat\n           ^'],
  ])("shows what is no secret: %j", (source, expected) => {
    const quoted = quote(top + source);
    expect(quoted).toBe(expected);
    expect(quoted).not.toContain("cret");
  });

  it("shows what is around the place in a long line", () => {
    const long = `models: { a: [${"x/y, ".repeat(500)}|wbe/x${", x/y".repeat(500)}] }`;
    const quoted = quote(long);
    expect(quoted.split("\n")[0]).toHaveLength(102);
    expect(quoted).toMatch(/^….* wbe\/x, .*…\n {51}\^$/);
  });

  it("stays in the line, whatever is asked", () => {
    expect(quoteLine([], 3, 7)).toEqual({ text: "", caret: 0 });
    expect(quoteLine(["a:"], 0, 9)).toEqual({ text: "a:", caret: 2 });
  });

  it("shows no secret of any line of a file, wherever it is cut", () => {
    const source = readFileSync(new URL("../fixtures/config-file/mistakes.yaml", import.meta.url), "utf8");
    for (let end = 0; end < source.length; end += 1) {
      const lines = source.slice(0, end).split("\n");
      expect(quoteLine(lines, lines.length - 1, 0).text).not.toMatch(/hunter2|12345/);
    }
  });

  it("shows no secret of a file with one character less or another one", () => {
    const source = [
      "upstreams:",
      "  - { name: web, type: akash-chat, access_token: s3cret, cookie: 'a=s3cret; b=s3cret' }",
      "  - name: gpu",
      "    type: vllm",
      "    base_url: http://me:s3cret@gpu:8000/v1",
      "    api_key: s3cret",
      '    headers: { Authorization: "Bearer s3cret", type: s3cret }',
      "    models: { tools: auto }",
      "  - name: own",
      "    headers:",
      "      type: ${KEY:-s3cret}",
      "    api_key: >-",
      "      s3cret",
      "    type: tgi # s3cret",
      "models: { fast: [web/a] }",
    ].join("\n");
    const shown = new Set<string>();
    for (let at = 0; at < source.length; at += 1) {
      // Within a secret the change is one of it.
      if ("s3cret".includes(source[at] ?? "") && /s3cret/.test(source.slice(Math.max(0, at - 5), at + 6)))
        continue;
      for (const other of ["", " ", ":", ",", '"', "'", "{", "}", "#", "\n", "x"]) {
        const lines = (source.slice(0, at) + other + source.slice(at + 1)).split("\n");
        for (const line of lines.keys()) {
          const { text } = quoteLine(lines, line, 0);
          if (text.includes("s3cret"))
            shown.add(`${text} <- ${JSON.stringify(source.slice(at - 9, at + 9))}`);
        }
      }
    }
    expect([...shown]).toEqual([]);
  });
});
