import type { Command } from "commander";

import type { Config } from "../../config.ts";
import { addKeyFlags, type KeyFlags } from "./key-flags.ts";
import type { KeysOptions } from "./keys.ts";

/** Adds the commands of keys to `keys`. What they do is loaded when one runs. */
export function addKeyCommands(
  keys: Command,
  {
    urlOption,
    readConfig,
  }: { readonly urlOption: readonly [string, string]; readonly readConfig: () => Config },
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
    await createKey(readConfig(), flags);
  });
  common(
    keys
      .command("list")
      .description("list keys, and how their budgets stand")
      .option("--all", "those, too, that were revoked or have expired"),
    "print JSON, as GET /admin/v1/keys",
  ).action(async (options: KeysOptions & { all?: boolean }) => {
    const { listKeys } = await import("./keys.ts");
    await listKeys(readConfig(), options);
  });
  common(
    keys
      .command("show")
      .description("show a key, and how its limits stand")
      .argument("<key>", "its id, or its name where only one has it"),
    "print JSON, as GET /admin/v1/keys/{id}",
  ).action(async (named: string, options: KeysOptions) => {
    const { showKey } = await import("./keys.ts");
    await showKey(readConfig(), named, options);
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
    await changeKey(readConfig(), named, flags);
  });
  common(
    keys
      .command("revoke")
      .description("end a key, and with it all that descend from it")
      .argument("<key>", "its id, or its name where only one has it"),
    "print JSON",
  ).action(async (named: string, options: KeysOptions) => {
    const { revokeKey } = await import("./keys.ts");
    await revokeKey(readConfig(), named, options);
  });
}
