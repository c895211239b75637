import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Config } from "../../config.ts";
import { UsageError } from "../usage-error.ts";
import type { ClientSetup, ConfigFile, Size } from "./client.ts";
import { clientNames, findClient } from "./clients.ts";
import { findTarget } from "./find-target.ts";
import { isJsonObject, mergeJson } from "./merge-json.ts";
import { describeSize } from "./prompt-sizes.ts";

/** A setup with what is shown around it. */
interface Page extends ClientSetup {
  readonly title: string;
  /** Shown under the title. */
  readonly notes: readonly string[];
}

/**
 * Prints a client's configuration, or writes it after asking (a copy of an old file stays as `.bak`).
 * Throws `UsageError` for an unknown client, and when a file exists that can't be changed safely; then no file is
 * written.
 */
export async function connect(
  config: Config,
  client: string,
  options: {
    readonly url?: string;
    readonly model?: string;
    readonly size: Size;
    readonly write?: boolean;
    readonly yes?: boolean;
  },
): Promise<void> {
  const known = findClient(client);
  if (known === undefined) {
    throw new UsageError(`Unknown client "${client}". Known are: ${clientNames.join(", ")}.`);
  }
  const target = await findTarget(config, options);
  const setup = known.setup(target, options.size);
  // What is set up by hand alone, such as an editor, has one size.
  const byHand = setup.files === undefined && setup.environment === undefined;
  const size = byHand ? undefined : describeSize(client, known.title, options.size, "connect");
  const notes = [...(size === undefined ? [] : [size]), ...(known.notes?.(target) ?? [])];
  const page: Page = { title: known.title, notes, ...setup };
  if (options.write === true) await writeSetup(page, options.yes === true);
  else process.stdout.write(describe(page));
}

function render(file: ConfigFile): string {
  return file.format === "json" ? `${JSON.stringify(file.content, undefined, 2)}\n` : file.content;
}

function quoteForShell(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function describe(page: Page): string {
  const parts = [`# ${page.title}`, ...page.notes];
  for (const file of page.files ?? []) {
    parts.push(`\n${file.path}${file.format === "json" ? " (merge into it)" : ""}:\n`, render(file));
  }
  if (page.environment !== undefined) {
    parts.push("\nEnvironment:\n");
    for (const [name, value] of Object.entries(page.environment)) {
      parts.push(`export ${name}=${quoteForShell(value)}`);
    }
  }
  parts.push("", ...page.steps.map((step, index) => `${index + 1}. ${step}`), "");
  return parts.join("\n");
}

async function writeSetup(page: Page, yes: boolean): Promise<void> {
  const { files = [], ...rest } = page;
  if (files.length === 0) {
    throw new UsageError(
      `${page.title} keeps its configuration where no program can write it.\n\n${describe(page)}`,
    );
  }
  const texts: { readonly path: string; readonly text: string }[] = [];
  for (const file of files) texts.push({ path: file.path, text: await prepare(file) });
  for (const { path, text } of texts) process.stdout.write(`${path}:\n\n${text}\n`);
  const paths = texts.map(({ path }) => path).join(" and ");
  if (!yes && !(await confirm(`Write this to ${paths}? [y/N] `))) {
    process.stdout.write("Nothing was written.\n");
    return;
  }
  for (const { path, text } of texts) {
    await mkdir(dirname(path), { recursive: true });
    if (existsSync(path)) await copyFile(path, `${path}.bak`);
    // A file may hold a key: readable by its owner alone when it is new.
    await writeFile(path, text, { mode: 0o600 });
  }
  process.stdout.write(`Written.\n${describe(rest)}`);
}

/** The file's new text. */
async function prepare(file: ConfigFile): Promise<string> {
  if (!existsSync(file.path)) return render(file);
  const old = await readFile(file.path, "utf8");
  if (file.format === "text") {
    if (old === file.content) return old;
    throw new UsageError(
      `${file.path} exists and is not changed. Add this to it yourself:\n\n${file.content}`,
    );
  }
  let parsed: unknown;
  try {
    parsed = old.trim() === "" ? {} : JSON.parse(old);
  } catch {
    throw new UsageError(
      `${file.path} is not plain JSON (comments?) and is not changed. Merge this into it yourself:\n\n${render(file)}`,
    );
  }
  if (!isJsonObject(parsed)) throw new UsageError(`${file.path} holds no JSON object and is not changed.`);
  return `${JSON.stringify(mergeJson(parsed, file.content), undefined, 2)}\n`;
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError("No terminal to ask on: add --yes to write without asking.");
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await prompt.question(question)).trim());
  } finally {
    prompt.close();
  }
}
