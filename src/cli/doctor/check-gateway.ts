import { z } from "zod";

import type { Config } from "../../config.ts";
import type { UsageObject } from "../../dialects/encode-gateway-usage.ts";
import { NoGatewayError } from "../connect/ask-gateway.ts";
import { askUsage, fetchJson, findGateway } from "../connect/find-target.ts";
import type { Caller } from "../terminal.ts";
import { describeTime } from "../describe-budget.ts";
import type { Checklist } from "./checklist.ts";

const models = z.object({
  data: z.array(
    z.object({
      upstreams: z
        .array(z.object({ name: z.string(), model: z.string(), answers_now: z.boolean() }))
        .default([]),
    }),
  ),
});

/** Models that are told of one upstream; the others are counted. */
const mostNamed = 3;

/**
 * Asks the gateway of this configuration, where one runs, what rests there: only it knows that. Resolves to the names of
 * upstreams of which nothing answers now.
 */
export async function checkGateway(
  config: Config,
  list: Checklist,
  caller: Caller,
  now: () => number = Date.now,
): Promise<readonly string[]> {
  const gateway = findGateway(config, { url: undefined, key: undefined }, caller);
  try {
    const { data } = await fetchJson(gateway, "/v1/models", models);
    const legs = groupLegs(data.flatMap(({ upstreams }) => upstreams));
    const asleep = [...legs].filter(([, { up, down }]) => up.size === 0 && down.size > 0);
    const usage = asleep.length === 0 ? undefined : await askUsage(gateway);
    const lines = [...legs].flatMap(([name, { up, down }]) => {
      if (down.size === 0) return [];
      return [
        up.size === 0 ? `${name} rests${describeEnd(usage, name, now())}` : describeSome(name, [...down]),
      ];
    });
    const rest = lines.length === 0 ? "nothing rests there" : lines.join("; ");
    await list.check("gateway", () => Promise.resolve(`runs at ${gateway.url}; ${rest}`));
    return asleep.map(([name]) => name);
  } catch (error) {
    if (error instanceof NoGatewayError) list.skip("gateway", `none runs at ${gateway.url}`);
    else list.skip("gateway", error instanceof Error ? error.message.replaceAll("\n", " ") : String(error));
    return [];
  }
}

type Leg = z.output<typeof models>["data"][number]["upstreams"][number];

/** The models of each upstream that answer now, and those that don't. */
function groupLegs(legs: readonly Leg[]) {
  const groups = new Map<string, { readonly up: Set<string>; readonly down: Set<string> }>();
  for (const { name, model, answers_now: answers } of legs) {
    const group = groups.get(name) ?? { up: new Set(), down: new Set() };
    groups.set(name, group);
    (answers ? group.up : group.down).add(model);
  }
  return groups;
}

/** Only of a budget is it told when it comes back. */
function describeEnd(usage: UsageObject | undefined, name: string, now: number): string {
  const found = usage?.upstreams.find((upstream) => upstream.name === name && upstream.state === "spent");
  const time = found?.resets_at ?? null;
  return time === null ? "" : ` until ${describeTime(Date.parse(time), { now })}`;
}

/** `there rest web/a, web/b and 4 more of web`. */
function describeSome(name: string, down: readonly string[]): string {
  const named = down.slice(0, mostNamed).map((model) => `${name}/${model}`);
  const more = down.length - named.length;
  return `there rest ${named.join(", ")}${more > 0 ? ` and ${more} more of ${name}` : ""}`;
}
