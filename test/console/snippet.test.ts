import { execFileSync } from "node:child_process";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it, test } from "vitest";
import { parse as parseYaml } from "yaml";

import { fillIn, toText } from "../../src/console/domain/snippet.ts";
import { toValues } from "../../src/console/pages/connect/connection-values.ts";
import { claudeCode } from "../../src/console/pages/connect/clients/claude-code.ts";
import { codex } from "../../src/console/pages/connect/clients/codex.ts";
import { continueDev } from "../../src/console/pages/connect/clients/continue.ts";
import { copilot } from "../../src/console/pages/connect/clients/copilot.ts";
import { curl } from "../../src/console/pages/connect/clients/curl.ts";
import { zed } from "../../src/console/pages/connect/clients/zed.ts";
import type { Guide } from "../../src/console/pages/connect/guide.ts";

/** What an upstream may call its models, and somebody may paste as a key. */
const nasty = [
  "plain-Model_1.5",
  "deepseek-ai/DeepSeek-V3.2",
  `it's "quoted" \\ $(touch /tmp/no) \`x\``,
  "'; rm -rf ~; '",
  "true",
  "a: b # c",
  "- x",
  "1e3",
  "<img src=x onerror=alert(1)>",
  "\u202Eabc\u2066",
  "name:",
  "ends ",
];

const valuesOf = (model: string, context: number | undefined = 64_000) =>
  toValues({
    url: "http://localhost:16571",
    key: { text: model, shown: "akc-…" },
    model: { id: model, context },
    imageModel: undefined,
    isAkashChat: false,
  });

function write(guide: Guide, place: number, model: string): string {
  const step = guide.steps[place];
  if (step === undefined || !("code" in step)) throw new Error("There is no code here.");
  return toText(fillIn(step.code, valuesOf(model)));
}

describe("whatever a model or a key is called, it stays one value", () => {
  it.each(nasty)("%s", (name) => {
    expect(JSON.parse(write(claudeCode, 0, name))).toMatchObject({
      env: { ANTHROPIC_MODEL: name, ANTHROPIC_AUTH_TOKEN: name },
    });
    expect(JSON.parse(write(zed, 0, name))).toMatchObject({ agent: { default_model: { model: name } } });
    expect(parseToml(write(codex, 0, name))).toMatchObject({ model: name });
    expect(parseYaml(write(continueDev, 0, name))).toMatchObject({
      name: "akashchat-api",
      models: [{ name: `akashchat-api ${name}`, model: name, apiKey: name }],
    });
    const [variables = ""] = write(copilot, 0, name).split("\ncopilot ");
    const script = `${variables}\nprintf '%s|%s' "$COPILOT_MODEL" "$COPILOT_PROVIDER_API_KEY"`;
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(`${name}|${name}`);
    const called = write(curl, 0, name).replace("curl ", "printf '%s\\n' ");
    const words = execFileSync("sh", ["-c", called], { encoding: "utf8" }).split("\n");
    expect(words).toContain(`authorization: Bearer ${name}`);
    expect(JSON.parse(words.at(-2) ?? "")).toMatchObject({ model: name });
  });

  test("control characters, which a terminal would take for keys, are left out", () => {
    expect(write(copilot, 0, "a\u001b[2J\r\nb")).toContain("export COPILOT_MODEL='a[2Jb'\n");
  });
});

test("what must not be seen is shown otherwise than it is copied", () => {
  const [step] = claudeCode.steps;
  if (step?.kind !== "file") throw new Error("Its settings are a file.");
  const parts = fillIn(step.code, valuesOf("secret-word"));
  const shown = parts.map((part) => part.shown).join("");
  expect(shown).toContain('"ANTHROPIC_AUTH_TOKEN": "akc-…"');
  expect(toText(parts)).toContain('"ANTHROPIC_AUTH_TOKEN": "secret-word"');
  expect(parts.filter(({ isFilled }) => isFilled).map((part) => part.shown)).toContain("akc-…");
});

test("a context that nobody has told is taken for 64,000 tokens, and a small one leaves a quarter for the answer", () => {
  expect(valuesOf("m", undefined)).toMatchObject({ context: { text: "64000" } });
  expect(valuesOf("m", 32_768)).toMatchObject({ output: { text: "8192" }, prompt: { text: "24576" } });
  expect(valuesOf("m", 1_000_000)).toMatchObject({ output: { text: "32000" } });
});
