import { Option, type Command } from "commander";

import type { Config } from "../config.ts";
import type { UsageByOptions } from "./usage-by.ts";
import { UsageError } from "./usage-error.ts";
import type { ServicesOptions } from "./with-services.ts";

/** What the command is given; asked for when it runs. */
export interface UsageCommandOptions {
  readonly urlOption: readonly [flags: string, description: string];
  /** `warn` says which file is not used; only who asks upstreams itself calls it. */
  readonly findConfig: () => { readonly config: Config; readonly warn: () => void };
  readonly findServices: () => ServicesOptions;
}

type GivenOptions = { readonly url?: string; readonly json?: boolean } & Partial<UsageByOptions>;

/** Options that mean nothing alone. */
function refuseWithoutBy(options: GivenOptions): void {
  const names = ["since", "until", "key", "model", "format"] as const;
  const alone = names.find((name) => options[name] !== undefined);
  if (alone !== undefined) throw new UsageError(`--${alone} needs --by, such as --by key or --by model,day.`);
}

/** Adds `usage`: what is left of budgets now or, with `--by`, what came of requests. */
export function addUsageCommand(
  program: Command,
  { urlOption, findConfig, findServices }: UsageCommandOptions,
): void {
  program
    .command("usage")
    .description(
      "show what is left of the budget, and what the gateway did since its start or, with --by, for days",
    )
    .option(...urlOption)
    .option("--json", "print JSON, as GET /v1/usage (with --by: GET /admin/v1/usage)")
    .option(
      "--by <groups>",
      "sum up what came of requests, by one or two of key, model, day, hour, upstream, dialect, error, client",
    )
    .option("--since <when>", "with --by: 2026-11-27, a time, or how long ago, as 7d or 12h (default: 30d)")
    .option("--until <when>", "with --by: the same; a day is in it")
    .option("--key <key>", "with --by: of this key alone, by its id or name; none: of requests without one")
    .option("--model <id>", "with --by: of this model alone")
    .addOption(
      new Option("--format <format>", "with --by: how it is printed (default: table)")
        .choices(["table", "csv", "json"])
        .conflicts("json"),
    )
    .action(async (options: GivenOptions) => {
      const { config, warn } = findConfig();
      const { by } = options;
      if (by === undefined) {
        refuseWithoutBy(options);
        const { usage } = await import("./usage.ts");
        // What a running gateway says comes from the file that it uses.
        await usage(config, { ...options, beforeUpstreams: warn }, findServices());
        return;
      }
      const { usageBy } = await import("./usage-by.ts");
      await usageBy(config, { ...options, by }, findServices().terminal);
    });
}
