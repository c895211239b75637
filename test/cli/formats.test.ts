import { describe, expect, test } from "vitest";

import type { ConfigFile } from "../../src/cli/connect/client.ts";
import { editFile } from "../../src/cli/connect/edit-file.ts";
import { formats } from "../../src/cli/connect/formats/index.ts";
import { listEdits } from "../../src/cli/connect/formats/list-edits.ts";
import { mergeJson } from "../../src/cli/connect/merge-json.ts";

/** A file and what becomes of it: the lines that are added, and those that go, in order. */
function compare(before: string, after: string): { added: string[]; gone: string[] } {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  return {
    added: fresh.filter((line) => line.trim() !== "" && !old.includes(line)),
    gone: old.filter((line) => line.trim() !== "" && !fresh.includes(line)),
  };
}

const codex = {
  model: "ours",
  model_provider: "akash",
  model_providers: { akash: { name: "Akash Chat", http_headers: { "x-history-diet": "on" } } },
  features: { goals: false },
  skills: { include: false, bundled: { enabled: false } },
};

/** All that a user's own config.toml may have. */
const usersToml = `# my codex config
model = "gpt-5" # the big one
notify = ["python3", "/home/me/notify.py"]   # ping
instructions = """
[not a table]
# not a comment
model = "not a key"
"""
since = 2024-01-01T00:00:00Z

# --- sandbox
[sandbox_workspace_write]
network_access = true

[features]
# these are mine
web_search_request = true # really

[mcp_servers.context7]
command = "npx"
args = [
  "-y", # yes
  "context7#mcp",
]
env = { "API_KEY" = "value", X = 'y' }

# the other model
[profiles.o3]
model = "o3"

[projects."/home/me/my project"]
trust_level = "trusted"

[[hooks.Stop]]
command = "a"
[[hooks.Stop]] # second
command = "b"
model = "in a list"
# the end
`;

describe("TOML", () => {
  const { parse, edit } = formats.toml;

  test("writes what is new, keeps all else in its place, and takes it back", () => {
    const next = mergeJson(parse(usersToml), codex);
    const edited = edit(usersToml, next);
    expect(parse(edited)).toEqual(next);
    expect(compare(usersToml, edited)).toEqual({
      gone: ['model = "gpt-5" # the big one'],
      added: [
        'model = "ours" # the big one',
        'model_provider = "akash"',
        "goals = false",
        "[model_providers.akash]",
        'name = "Akash Chat"',
        "[model_providers.akash.http_headers]",
        'x-history-diet = "on"',
        "[skills]",
        "include = false",
        "[skills.bundled]",
        "enabled = false",
      ],
    });
    // Values above the tables are not put under the comment of the first.
    expect(edited).toContain(
      'since = 2024-01-01T00:00:00Z\nmodel_provider = "akash"\n\n# --- sandbox\n[sandbox',
    );
    expect(edited).toContain("web_search_request = true # really\ngoals = false\n\n[mcp_servers.context7]");
    expect(edit(edited, parse(usersToml))).toBe(usersToml);
  });

  test.for<[string, string, string]>([
    ["nothing", "", 'a = 1\n\n[t]\nb = "x"\n'],
    ["a comment", "# mine\n", '# mine\na = 1\n\n[t]\nb = "x"\n'],
    ["a table first", "[u]\nc = 1\n", 'a = 1\n\n[u]\nc = 1\n\n[t]\nb = "x"\n'],
    [
      "a comment of the file, one of a table",
      "# f\n\n# u\n[u]\n",
      '# f\na = 1\n\n# u\n[u]\n\n[t]\nb = "x"\n',
    ],
    ["no end of line", "[u]\nc = 1", 'a = 1\n\n[u]\nc = 1\n\n[t]\nb = "x"\n'],
    ["the table, empty", "[t] # mine\n", 'a = 1\n\n[t] # mine\nb = "x"\n'],
    ["the table inline", "t = { c = 1 } # mine\n", 't = { c = 1, b = "x" } # mine\na = 1\n'],
    ["the table by dotted keys", "t.c = 1\n", 't.c = 1\nt.b = "x"\na = 1\n'],
    ["only what is below the table", "[t.u]\nc = 1\n", 'a = 1\n\n[t.u]\nc = 1\n\n[t]\nb = "x"\n'],
    ["the value over lines", 'a = [\n  1, # one\n] # many\n[t]\nb = "x"\n', 'a = 1 # many\n[t]\nb = "x"\n'],
    ["quoted keys", '"a" = 2\n["t"]\n\'b\' = "#" # c\n', '"a" = 1\n["t"]\n\'b\' = "x" # c\n'],
    [
      "a list of the same name below",
      "[[l]]\na = 5\n[[l.t]]\n",
      'a = 1\n\n[[l]]\na = 5\n[[l.t]]\n\n[t]\nb = "x"\n',
    ],
  ])("where there is %s", ([, before, after]) => {
    const next = mergeJson(parse(before), { a: 1, t: { b: "x" } });
    expect(parse(edit(before, next))).toEqual(next);
    expect(edit(before, next)).toBe(after);
  });

  test("keeps numbers and times that JavaScript can't hold, also in a table that is written anew", () => {
    const lines = `big = 9223372036854775807 # above 2^53
day = 1979-05-27 # without a time
[u]
id = 9007199254740993
next = 1
`;
    const inline = "t = { id = 9007199254740993, day = 1979-05-27, at = 07:32:00, f = -inf, n = nan }";
    const before = `${inline} # mine\n${lines}`;
    const next = mergeJson(parse(before), { u: { next: 2 }, t: { b: "x" } });
    expect(edit(before, next)).toBe(
      `${inline.replace("07:32:00", "07:32:00.000").replace(" }", ', b = "x" }')} # mine\n${lines.replace("next = 1", "next = 2")}`,
    );
  });

  test("takes tables out, and no comment with them", () => {
    const before = `[ours]\n# a note\na = 1\n\n[ours.below]\nb = 2\n\n# of the next\n[mine]\nc = 3\n`;
    expect(edit(before, { mine: { c: 3 } })).toBe(`# a note\n\n# of the next\n[mine]\nc = 3\n`);
  });
});

describe("JSON", () => {
  const { parse, edit } = formats.json;
  const before = `// my settings
{
    "theme": "One", // dark
    /* lists */
    "deny": [
        "mine", // never
    ],
    "models": [
        { "id": "a" }, // first
        { "id": "b" },
    ],
}
`;

  test("keeps comments, commas and the indentation", () => {
    const next = {
      theme: "One",
      deny: ["mine", "ours"],
      models: [{ id: "a" }, { id: "c" }],
      agent: { x: 1 },
    };
    const edited = edit(before, next);
    expect(parse(edited)).toEqual(next);
    expect(compare(before, edited).gone).toEqual(['        { "id": "b" },']);
    expect(edited).toContain('    "agent": {\n        "x": 1\n    }');
    for (const comment of ["// my settings", "// dark", "/* lists */", "// never", "// first"]) {
      expect(edited).toContain(comment);
    }
  });

  test.for<[string, string, object, string]>([
    ["tabs", '{\n\t"a": 1\n}\n', { a: 1, b: { c: 2 } }, '{\n\t"a": 1,\n\t"b": {\n\t\t"c": 2\n\t}\n}\n'],
    ["one line of JSON, which has no layout", '{ "a": 1 }', { a: 1, b: 2 }, '{\n  "a": 1,\n  "b": 2\n}\n'],
    [
      "one line with what JavaScript would lose",
      '{"a":1,/* c */"n":12345678901234567890,"9":1,"2":1.0,"d":1,"d":2}',
      { a: 2, n: Number("12345678901234567890"), "9": 1, "2": 1, d: 2 },
      '{\n  "a": 2, /* c */\n  "n": 12345678901234567890,\n  "9": 1,\n  "2": 1.0,\n  "d": 1,\n  "d": 2\n}\n',
    ],
    ["nothing", " \n", { a: 1 }, '{\n  "a": 1\n}\n'],
    ["an object without entries", "{\n  // c\n}\n", { a: 1 }, '{\n  // c\n  "a": 1\n}\n'],
    ["comments alone", "// c\n", { a: 1 }, '// c\n{\n  "a": 1\n}'],
    [
      "a comment behind the last",
      '{\n  "a": 1 // c\n}\n',
      { a: 1, b: 2 },
      '{\n  "a": 1, // c\n  "b": 2\n}\n',
    ],
    [
      "a last entry that goes",
      '{\n  "a": 1, // c\n  "b": 2 // d\n}\n',
      { a: 1 },
      '{\n  "a": 1 // c\n  // d\n}\n',
    ],
    ["a first entry that goes", '{\n  // c\n  "a": 1,\n  "b": 2\n}\n', { b: 2 }, '{\n  // c\n  "b": 2\n}\n'],
    [
      "a comma behind a comment",
      '{\n  "a": 1 /* c */,\n  "b": 2\n}\n',
      { b: 2 },
      '{\n  /* c */\n  "b": 2\n}\n',
    ],
    ["a list on one line", '{\n  "l": [1, 2] // c\n}\n', { l: [1, 2, 3] }, '{\n  "l": [1, 2, 3] // c\n}\n'],
    [
      "a list that grows at its head",
      '{\n  "l": [\n    2\n  ]\n}\n',
      { l: [1, 2] },
      '{\n  "l": [\n    1,\n    2\n  ]\n}\n',
    ],
    ["a list that loses its end", '{\n  "l": [1, 2, 3]\n}\n', { l: [1] }, '{\n  "l": [1]\n}\n'],
    ["a list that loses its middle", '{\n  "l": [1, 2, 3]\n}\n', { l: [1, 3] }, '{\n  "l": [1, 3]\n}\n'],
  ])("%s", ([, text, next, after]) => {
    expect(parse(after)).toEqual(next);
    expect(edit(text, { ...next })).toBe(after);
  });
});

const isAkash = ({ name }: { readonly name?: unknown }): boolean => String(name).startsWith("Akash");

describe("YAML", () => {
  const { parse, edit } = formats.yaml;
  const ours = { name: "Akash m", model: "m" };

  test("keeps comments, quotes, order and layout", () => {
    const before = `# mine
name:   "My Agent"   # hm
models: # all
- name: GPT # of work
  provider: openai # p
  # key below
  apiKey: 'k'
# of the context
context: [ 'one',"two"] # flow
limits: { big: 12345678901234567890, hex: 0x1F }

rules:
    -   first
    # between
    -   >-
        folded
        over lines
# the end
`;
    const next = mergeJson(parse(before), { models: [ours], version: "1" }, () => false);
    const edited = edit(before, next);
    expect(parse(edited)).toEqual(next);
    expect(compare(before, edited)).toEqual({
      gone: [],
      added: ["- name: Akash m", "  model: m", 'version: "1"'],
    });
    expect(edit(edited, parse(before))).toBe(before);
  });

  test.for<[string, string, string]>([
    [
      "a value that is missing",
      "models: # mine\n  # none yet\nx: 1\n",
      "models: # mine\n  - name: Akash m\n    model: m\n  # none yet\nx: 1\n",
    ],
    [
      "a list without entries",
      "models: [] # none\nx: 1\n",
      'models: [{"name":"Akash m","model":"m"}] # none\nx: 1\n',
    ],
    [
      "a list on one line",
      "models: [{name: a}] # mine\n",
      'models: [{name: a}, {"name":"Akash m","model":"m"}] # mine\n',
    ],
    [
      "a list on lines of its own",
      "models: [\n  {name: a}, # one\n]\n",
      'models: [\n  {name: a}, {"name":"Akash m","model":"m"}, # one\n]\n',
    ],
    ["all on one line", "{x: 1}\n", '{x: 1, "models": [{"name":"Akash m","model":"m"}]}\n'],
    [
      "an alias",
      "l: &l\n  - name: a\nmodels: *l\n",
      "l: &l\n  - name: a\nmodels:\n  - name: a\n  - name: Akash m\n    model: m\n",
    ],
    [
      "an older entry",
      "models:\n  # about\n  - name: Akash o # z\n    model: m\n  - name: b # c\n",
      "models:\n  # about\n  - name: Akash m # z\n    model: m\n  - name: b # c\n",
    ],
    [
      "older entries",
      "models:\n  - {name: Akash m, model: m}\n  # c\n  - name: Akash o\n    x: 1\n  - name: b\n",
      "models:\n  - {name: Akash m, model: m}\n  # c\n  - name: b\n",
    ],
    [
      "lists less deep",
      "a:\n- 1\nmodels:\n    - name: a",
      "a:\n- 1\nmodels:\n    - name: a\n    - name: Akash m\n      model: m",
    ],
    [
      "an end of the document",
      "%YAML 1.2\n---\nx: 1 # c\n...\n",
      "%YAML 1.2\n---\nx: 1 # c\nmodels:\n  - name: Akash m\n    model: m\n...\n",
    ],
    ["a text at the end", "x: |+\n  a\n\n\n", "x: |+\n  a\n\n\nmodels:\n  - name: Akash m\n    model: m\n"],
    ["comments alone", "# mine\n", "# mine\nmodels:\n  - name: Akash m\n    model: m\n"],
    ["nothing", "", "models:\n  - name: Akash m\n    model: m\n"],
  ])("where there is %s", ([, before, after]) => {
    const next = mergeJson(parse(before), { models: [ours] }, isAkash);
    expect(parse(edit(before, next))).toEqual(next);
    expect(edit(before, next)).toBe(after);
  });

  test("an anchor that other places share is left alone", () => {
    const shared = { ...file("yaml"), content: { a: { x: 1 } } } as ConfigFile;
    expect(() => editFile(shared, [], "a: &a { y: 1 }\nb: *a\n")).toThrow("can't be changed safely");
  });
});

test("edits are as small as can be", () => {
  const from = { same: { a: [1] }, list: [1, 2, 3, 4], gone: 1, deep: { x: 1, y: 1 } };
  const to = { same: { a: [1] }, list: [1, 9, 4], deep: { x: 1, y: 2 }, fresh: {} };
  expect(listEdits(from, to)).toEqual([
    { path: ["gone"], kind: "remove" },
    { path: ["list", 1], kind: "set", value: 9 },
    { path: ["list", 2], kind: "remove" },
    { path: ["deep", "y"], kind: "set", value: 2 },
    { path: ["fresh"], kind: "set", value: {} },
  ]);
  expect(listEdits({ list: [1, 4] }, { list: [1, 2, 3, 4] })).toEqual([
    { path: ["list", 1], kind: "insert", value: 2 },
    { path: ["list", 2], kind: "insert", value: 3 },
  ]);
});

const file = (format: "json" | "toml" | "yaml"): ConfigFile => ({
  format,
  path: `/x/config.${format}`,
  mark: "akash",
  content: { a: 1 },
});

describe("a file", () => {
  test.for(["json", "toml", "yaml"] as const)(
    "in %s keeps its ends of lines and its byte order mark",
    (format) => {
      const text = { json: '{\r\n  "b": 2\r\n}\r\n', toml: "b = 2\r\n", yaml: "b: 2\r\n" }[format];
      const edited = editFile(file(format), [], `\uFEFF${text}`);
      expect(edited).toMatch(/^\uFEFF/);
      expect(edited.replaceAll("\r\n", "")).not.toContain("\n");
      expect(edited).toMatch(/a("?:| =) 1/);
      // Nothing to do: the same text.
      expect(editFile(file(format), [], edited)).toBe(edited);
    },
  );

  test.for<["json" | "toml" | "yaml", string, RegExp]>([
    ["json", '{\n  "a": ,\n}', /is no valid JSON: value expected in line 2, column 8\. Nothing was written/],
    ["json", "[1]", /is no JSON object\./],
    ["json", '{\n  "a": 2,\n  "a": 3\n}', /is written in a way that can't be changed safely/],
    ["toml", "[[a]]\nb = 2\n", /is written in a way that can't be changed safely/],
    ["toml", 'b = 1\nmodel = "x', /is no valid TOML: .* in line 2, column \d+/],
    ["yaml", "a: [1\nb: 2\n", /is no valid YAML: .* at line \d+, column \d+/],
    ["yaml", "- 1\n", /is no YAML mapping\./],
  ])("in %s with %j is told what is wrong with it", ([format, text, words]) => {
    expect(() => editFile(file(format), [], text)).toThrow(words);
    expect(() => editFile(file(format), [], text)).toThrow("merge this into it yourself");
  });
});
