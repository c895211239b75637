import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Config } from "../../config.ts";
import { UsageError } from "../usage-error.ts";
import type { ClientSetup, ConfigFile } from "./client-setup.ts";
import { clientNames, findClient } from "./clients.ts";
import { findTarget } from "./find-target.ts";
import { isJsonObject, mergeJson } from "./merge-json.ts";

/**
 * Prints a client's configuration, or writes it after asking (a copy of the old file stays as `.bak`).
 * Throws `UsageError` for an unknown client, and when a file exists that can't be changed safely.
 */
export async function connect(
  config: Config,
  client: string,
  options: {
    readonly url?: string;
    readonly model?: string;
    readonly write?: boolean;
    readonly yes?: boolean;
  },
): Promise<void> {
  const createSetup = findClient(client);
  if (createSetup === undefined) {
    throw new UsageError(`Unknown client "${client}". Known are: ${clientNames.join(", ")}.`);
  }
  const setup = createSetup(await findTarget(config, options));
  if (options.write === true) await writeSetup(setup, options.yes === true);
  else process.stdout.write(describe(setup));
}

function render(file: ConfigFile): string {
  return file.format === "json" ? `${JSON.stringify(file.content, undefined, 2)}\n` : file.content;
}

function quoteForShell(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function describe(setup: ClientSetup): string {
  const parts = [`# ${setup.title}`];
  if (setup.file !== undefined) {
    parts.push(
      `\n${setup.file.path}${setup.file.format === "json" ? " (merge into it)" : ""}:\n`,
      render(setup.file),
    );
  }
  if (setup.environment !== undefined) {
    parts.push("\nEnvironment:\n");
    for (const [name, value] of Object.entries(setup.environment)) {
      parts.push(`export ${name}=${quoteForShell(value)}`);
    }
  }
  parts.push("", ...setup.steps.map((step, index) => `${index + 1}. ${step}`), "");
  return parts.join("\n");
}

async function writeSetup(setup: ClientSetup, yes: boolean): Promise<void> {
  const { file } = setup;
  if (file === undefined) {
    throw new UsageError(
      `${setup.title} keeps its configuration where no program can write it.\n\n${describe(setup)}`,
    );
  }
  const text = await prepare(file);
  process.stdout.write(`${file.path}:\n\n${text}\n`);
  if (!yes && !(await confirm(`Write this to ${file.path}? [y/N] `))) {
    process.stdout.write("Nothing was written.\n");
    return;
  }
  await mkdir(dirname(file.path), { recursive: true });
  if (existsSync(file.path)) await copyFile(file.path, `${file.path}.bak`);
  // The file holds a key: readable by its owner alone when it is new.
  await writeFile(file.path, text, { mode: 0o600 });
  const { file: _written, ...rest } = setup;
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
