import type { UsageObject } from "../../dialects/encode-gateway-usage.ts";
import type { Caller } from "../terminal.ts";
import type { Target, TargetModel } from "./client.ts";
import { askUsage } from "./find-target.ts";

/** What an upstream gives for a time. */
export interface Allowance {
  readonly upstream: string;
  readonly tokens: number;
  readonly windowMs: number;
}

/** The allowance that requests to the chosen model are taken from; `undefined`: none is known. */
export async function findAllowance(
  { url, apiKey, model }: Target,
  caller: Caller,
): Promise<Allowance | undefined> {
  const usage = await askUsage({ url, apiKey, hasKey: true, caller });
  return usage === undefined ? undefined : chooseAllowance(usage, model);
}

/** Of the upstreams that have the model the first that counts; one that is alone has them all. */
export function chooseAllowance(
  { upstreams }: UsageObject,
  { upstreams: having }: TargetModel,
): Allowance | undefined {
  const known = having ?? (upstreams.length === 1 ? upstreams.map(({ name }) => name) : []);
  return upstreams.flatMap(({ name, limit_tokens: tokens, window_seconds: seconds }) =>
    tokens === null || seconds === null || !known.includes(name)
      ? []
      : [{ upstream: name, tokens, windowMs: seconds * 1000 }],
  )[0];
}
