import type { Command } from "commander";

import { readConfig } from "../../config.ts";
import type { Terminal } from "../terminal.ts";
import { addKeyFlags, type KeyFlags } from "./key-flags.ts";
import type { KeysOptions } from "./keys.ts";

/** Adds the commands of keys to `keys`. What they do is loaded when one runs; then it is asked for the terminal. */
export function addKeyCommands(
  keys: Command,
  {
    urlOption,
    findTerminal,
  }: { readonly urlOption: readonly [string, string]; readonly findTerminal: () => Terminal },
): void {
  const common = (command: Command, json: string): Command =>
    command.option(...urlOption).option("--json", json);

  addKeyFlags(
    common(
      keys
        .command("create")
        .description("make a key; its secret, shown only now, goes to standard output")
        .requiredOption("--name <name>", "what it is called")
        .option(
          "--parent <key>",
          "the key, by id or name, that it descends from: it never has more than that",
        ),
      "print JSON, the secret in it",
    ),
    "create",
  ).action(async (flags: KeyFlags & KeysOptions) => {
    const { createKey } = await import("./keys.ts");
    const terminal = findTerminal();
    await createKey(readConfig(terminal.environment), flags, terminal);
  });
  common(
    keys
      .command("list")
      .description("list keys, and how their budgets stand")
      .option("--all", "those, too, that were revoked or have expired"),
    "print JSON, as GET /admin/v1/keys",
  ).action(async (options: KeysOptions & { all?: boolean }) => {
    const { listKeys } = await import("./keys.ts");
    const terminal = findTerminal();
    await listKeys(readConfig(terminal.environment), options, terminal);
  });
  common(
    keys
      .command("show")
      .description("show a key, and how its limits stand")
      .argument("<key>", "its id, or its name where only one has it"),
    "print JSON, as GET /admin/v1/keys/{id}",
  ).action(async (named: string, options: KeysOptions) => {
    const { showKey } = await import("./keys.ts");
    const terminal = findTerminal();
    await showKey(readConfig(terminal.environment), named, options, terminal);
  });
  addKeyFlags(
    common(
      keys
        .command("change")
        .description(
          "change what a key may do: what is not said stays, none takes a limit away (so does --no-models …)",
        )
        .argument("<key>", "its id, or its name where only one has it")
        .option("--name <name>", "what it is called from now on"),
      "print JSON, as GET /admin/v1/keys/{id}",
    ),
    "change",
  ).action(async (named: string, flags: KeyFlags & KeysOptions) => {
    const { changeKey } = await import("./keys.ts");
    const terminal = findTerminal();
    await changeKey(readConfig(terminal.environment), named, flags, terminal);
  });
  common(
    keys
      .command("revoke")
      .description("end a key, and with it all that descend from it")
      .argument("<key>", "its id, or its name where only one has it"),
    "print JSON",
  ).action(async (named: string, options: KeysOptions) => {
    const { revokeKey } = await import("./keys.ts");
    const terminal = findTerminal();
    await revokeKey(readConfig(terminal.environment), named, options, terminal);
  });
}
