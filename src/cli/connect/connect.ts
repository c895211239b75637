import { resolve } from "node:path";
import type { Config } from "../../config.ts";
import { ask } from "../ask.ts";
import { ownCommand } from "../look-around.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { sizes, type ClientSetup, type ConfigFile, type Size } from "./client.ts";
import { clientNames } from "./client-names.ts";
import { findClient, suggestClient } from "./clients.ts";
import { describeChange } from "./describe-change.ts";
import { describeCost } from "./describe-cost.ts";
import { renderFile } from "./edit-file.ts";
import { findTarget, type TargetOptions } from "./find-target.ts";
import { planChanges } from "./plan-changes.ts";
import { replaceFile } from "./replace-file.ts";

/** A setup with what is shown around it. */
interface Page extends ClientSetup {
  readonly title: string;
  /** Shown under the title. */
  readonly notes: readonly string[];
}

/**
 * Prints a client's configuration, or writes it after asking (a copy of an old file stays as `.bak`). Resolves to the exit code.
 * Throws `UsageError` for an unknown client, and when a file exists that can't be changed safely; then no file is
 * written.
 */
export async function connect(
  config: Config,
  client: string,
  options: TargetOptions & { readonly size: Size; readonly write?: boolean; readonly yes?: boolean },
  terminal: Terminal,
): Promise<number> {
  const known = findClient(client);
  if (known === undefined) {
    throw new UsageError(
      `Unknown client "${client}".${suggestClient(client, clientNames)} Known are: ${clientNames.join(", ")}.`,
    );
  }
  if (options.yes === true && options.write !== true) {
    throw new UsageError("--yes goes with --write.");
  }
  const target = await findTarget(config, options, terminal);
  const setup = known.setup(target, options.size, terminal);
  // What is set up by hand alone, such as an editor, has one size.
  const byHand = setup.files === undefined && setup.environment === undefined;
  const cost = byHand
    ? []
    : await describeCost({ client, title: known.title, size: options.size, by: "connect" }, target, terminal);
  const notes = [...cost, ...(known.notes?.(target) ?? [])];
  const command = ownCommand(terminal);
  const repeated = repeat(options, terminal.folder);
  const launching = `akashchat-api launch ${client}`;
  const steps = setup.steps.map((step) => step.replace(launching, `${command} launch ${client}${repeated}`));
  if (setup.files !== undefined && options.write !== true) {
    const files = setup.files.length === 1 ? "the file" : "the files";
    steps.push(
      `Or have ${files} written, after a look at what changes: ${command} connect ${client}${repeated} --write`,
    );
  }
  const page: Page = { title: known.title, notes, ...setup, steps };
  if (options.write === true) {
    const others = sizes.filter((other) => other !== options.size);
    const former = others.flatMap((other) => known.setup(target, other, terminal).files ?? []);
    return writeSetup(page, former, options.yes === true, terminal);
  }
  terminal.output.write(describe(page));
  return 0;
}

/** What `launch` must be told to do the same. */
function repeat(
  { url, model, keyFile, size }: TargetOptions & { readonly size: Size },
  folder: string,
): string {
  const said = [
    ...(size === "default" ? [] : [`--${size}`]),
    ...(url === undefined ? [] : ["--url", quoteForShell(url)]),
    ...(model === undefined ? [] : ["--model", quoteForShell(model)]),
    ...(keyFile === undefined ? [] : ["--key-file", quoteForShell(resolve(folder, keyFile))]),
  ];
  return said.map((word) => ` ${word}`).join("");
}

function quoteForShell(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const mergeHints = {
  json: " (merge into it)",
  yaml: " (merge into it)",
  toml: " (merge into it: the lines above the first [table] belong above the first one there)",
  text: "",
} as const satisfies Readonly<Record<ConfigFile["format"], string>>;

function describe(page: Page): string {
  const parts = [`# ${page.title}`, ...page.notes];
  for (const file of page.files ?? []) {
    parts.push(`\n${file.path}${mergeHints[file.format]}:\n`, renderFile(file));
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

async function writeSetup(
  page: Page,
  former: readonly ConfigFile[],
  yes: boolean,
  terminal: Terminal,
): Promise<number> {
  const { output, folder } = terminal;
  const { files = [], ...rest } = page;
  if (files.length === 0) {
    throw new UsageError(
      `${page.title} keeps its configuration where no program can write it.\n\n${describe(page)}`,
    );
  }
  const { changes, kept } = await planChanges(files, former, folder);
  for (const path of kept) output.write(`${path} is your own and stays as it is.\n`);
  if (changes.length === 0) {
    const paths = files.map(({ path }) => path).join(" and ");
    output.write(`${paths}: all of it is there already, nothing was written.\n${describe(rest)}`);
    return 0;
  }
  for (const change of changes) output.write(`${describeChange(change)}\n`);
  const paths = changes.map(({ path }) => path).join(" and ");
  const answer = yes ? "yes" : await confirm(`Write this to ${paths}? [y/N] `, terminal);
  if (answer !== "yes") {
    output.write("Nothing was written.\n");
    return answer === "interrupted" ? 130 : 0;
  }
  for (const { path, before, after } of changes) await replaceFile(path, after, { before, folder });
  output.write(`Written.\n${describe(rest)}`);
  return 0;
}

async function confirm(question: string, { input, output }: Terminal): Promise<"yes" | "no" | "interrupted"> {
  if (input.isTTY !== true) throw new UsageError("No terminal to ask on: add --yes to write without asking.");
  const answer = await ask(question, { input, output });
  if (answer === "interrupted") return answer;
  return typeof answer === "object" && /^y(es)?$/i.test(answer.line.trim()) ? "yes" : "no";
}
