import type { Config } from "../config.ts";
import { momentForms, type MomentRole, parseMoment } from "../ledger/parse-moment.ts";
import { openAdminApi } from "./admin/ask-admin.ts";
import { findKeyId } from "./admin/find-key.ts";
import { parseJson } from "./connect/ask-gateway.ts";
import { describeSums, sumList } from "./describe-sums.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Options of `usage` that ask the ledger. */
export interface UsageByOptions {
  readonly by: string;
  readonly since?: string;
  readonly until?: string;
  readonly key?: string;
  readonly model?: string;
  readonly format?: "table" | "csv" | "json";
  readonly json?: boolean;
  readonly url?: string;
}

/**
 * Prints sums over the requests that the running gateway remembers. Throws `UsageError` for what can't be asked for, such as a key that is not there, or when the gateway refuses,
 * `NoGatewayError` when none answers.
 */
export async function usageBy(config: Config, options: UsageByOptions, terminal: Terminal): Promise<void> {
  const { format = options.json === true ? "json" : "table" } = options;
  const query = new URLSearchParams({ by: options.by, format: format === "csv" ? "csv" : "json" });
  addMoment(query, "from", options.since, "--since");
  addMoment(query, "to", options.until, "--until");
  const api = openAdminApi(config, options.url, terminal);
  const { key } = options;
  if (key !== undefined) query.set("key", key === "none" ? key : await findKeyId(api, key));
  if (options.model !== undefined) query.set("model", options.model);
  const text = await api.read(`/usage?${query.toString()}`);
  terminal.output.write(format === "csv" ? text : write(text, format));
}

function write(text: string, format: "table" | "json"): string {
  const parsed = sumList.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UsageError("The gateway answers something else than usage: it may be of another version.");
  return format === "json" ? `${JSON.stringify(parsed.data, undefined, 2)}\n` : describeSums(parsed.data);
}

/** The gateway reads it by its own clock; what it would refuse is told by the option's name. */
function addMoment(query: URLSearchParams, role: MomentRole, text: string | undefined, option: string): void {
  if (text === undefined) return;
  if (parseMoment(text, role, Date.now()) === undefined)
    throw new UsageError(`${option}: "${text}" is not ${momentForms}.`);
  query.set(role, text);
}
