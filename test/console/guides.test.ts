import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it, test } from "vitest";

import type { Target } from "../../src/cli/connect/client.ts";
import { clientNames, programNames } from "../../src/cli/connect/client-names.ts";
import { findClient } from "../../src/cli/connect/clients.ts";
import { promptSizes } from "../../src/cli/connect/prompt-sizes.ts";
import { fillIn, type Snippet, toText } from "../../src/console/domain/snippet.ts";
import { toValues } from "../../src/console/pages/connect/connection-values.ts";
import { guides } from "../../src/console/pages/connect/clients/index.ts";
import type { Guide } from "../../src/console/pages/connect/guide.ts";

const page = readFileSync(new URL("../../docs/clients.md", import.meta.url), "utf8");

function section(heading: string): string {
  const [, rest = ""] = page.split(`\n${heading}\n`, 2);
  return rest.split(/\n#{2,3} /, 1)[0] ?? "";
}

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

/** As the page's examples have it. */
const valuesOf = ({ id }: Guide) =>
  toValues({
    // Its own servers must reach it.
    url: id === "cursor" ? "https://ai.example.com" : "http://localhost:16571",
    key: { text: "akashchat" },
    model: { id: "DeepSeek-V3.2", context: 64_000 },
    imageModel: "AkashGen",
    isAkashChat: true,
  });

const write = (code: Snippet, guide: Guide): string => toText(fillIn(code, valuesOf(guide)));

/** The blocks of code that the page should have for a client: what is set in one shell stands in one. */
function listBlocks(guide: Guide): readonly string[] {
  const lines = guide.steps.flatMap((step) => (step.kind === "shell" ? [write(step.code, guide)] : []));
  return [
    ...guide.steps.flatMap((step) =>
      step.kind === "file" || step.kind === "program" ? [write(step.code, guide)] : [],
    ),
    ...(lines.length === 0 ? [] : [lines.join("\n")]),
  ];
}

describe("what the console shows of a client is what docs/clients.md says", () => {
  it.each(guides.map((guide) => [guide.id, guide] as const))("%s", (_, guide) => {
    const text = section(guide.heading);
    const shown = listBlocks(guide);
    const blocks = [...text.matchAll(/```\w+\n(.*?)\n```/gs)].map(([, block = ""]) => block);
    expect(shown).toEqual(expect.arrayContaining(blocks));
    for (const block of shown.filter((one) => !blocks.includes(one))) expect(text).toContain(`\`${block}\``);
    const line = inOneLine(text);
    for (const step of guide.steps) {
      if (step.kind === "file") expect(text).toContain(`\`${step.path}\``);
      if (step.kind === "text") expect(text).toContain(`\`${basename(step.path)}\``);
      if (step.kind !== "form") continue;
      expect(line.replaceAll("*", "")).toContain(step.where.join(" → "));
      for (const { label, value } of step.fields)
        expect(line).toContain(`*${label}* \`${write(value, guide)}\``);
    }
  });

  test("and there is one for every client of the page", () => {
    const parts = ["## Coding agents", "## Editors", "## Chat applications", "## Libraries"];
    const headings = parts.flatMap((part) => {
      const [, rest = ""] = page.split(`\n${part}\n`, 2);
      return [...(rest.split("\n## ", 1)[0] ?? "").matchAll(/^### .*$/gm)].map(([heading]) => heading);
    });
    const others = ["### Codex' catalogue", "### On the command line"];
    expect(new Set(guides.map(({ heading }) => heading))).toEqual(
      new Set(headings.filter((heading) => !others.includes(heading))),
    );
  });

  test("names that clients ask by", () => {
    const [, rest = ""] = page.split("\n## Names that clients ask by\n", 2);
    const rows = [...rest.matchAll(/^\| ([^|`]+) \| (`[^|]+) \|/gm)].map(([, name, names]) => [name, names]);
    const asking = guides.filter(({ names }) => names.length > 0);
    expect(rows).toEqual(
      asking.map(({ name, names }) => [name, names.map(({ pattern }) => `\`${pattern}\``).join(", ")]),
    );
  });
});

const having = (pick: (guide: Guide) => unknown) =>
  new Set(guides.filter((guide) => pick(guide) !== undefined).map(({ id }) => id));

describe("what the console shows is what the command line does", () => {
  test("it knows the same clients", () => {
    expect(having(({ canLaunch }) => canLaunch)).toEqual(new Set(programNames));
    expect(guides.map(({ id }) => id)).toEqual(expect.arrayContaining([...clientNames]));
    expect(having(({ firstRequest }) => firstRequest)).toEqual(new Set(Object.keys(promptSizes)));
    for (const { id, firstRequest } of guides)
      expect([id, firstRequest]).toEqual([id, promptSizes[id]?.default]);
  });

  const model = { id: "DeepSeek-V3.2", contextLength: 64_000 };
  const target: Target = {
    url: "http://localhost:16571",
    apiKey: "akashchat",
    model,
    models: [model],
    imageModel: "AkashGen",
    codexCatalogue: false,
    providerName: "Akash Chat",
  };

  it.each(guides.map((guide) => [guide.id, guide] as const))("the files of %s", (id, guide) => {
    const files = findClient(id)?.setup(target, "default", { environment: {}, folder: "/" }).files ?? [];
    expect(guide.canWrite === true).toBe(files.length > 0);
    const names = guide.steps.flatMap((step) => ("path" in step ? [basename(step.path)] : []));
    expect(names).toEqual(files.map(({ path }) => basename(path)));
    const texts = guide.steps.flatMap((step) => (step.kind === "text" ? [step.text] : []));
    expect(texts).toEqual(files.flatMap((file) => (file.format === "text" ? [file.content] : [])));
  });
});
