import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import type { AkashClient } from "./client.ts";
import { decodeError, readRefusal } from "./decode-error.ts";

/** How much of the upstream's allowance for this address is used. */
export interface UsageStatus {
  /** 0 and up; above 100 when the last request overshot. */
  readonly usedPercent: number;
  readonly blocked: boolean;
  /** The caller has an account, whose allowance is another than that of an anonymous address. */
  readonly authenticated: boolean;
  /** When the present window ends, ms since the epoch; `undefined` when the upstream does not say. */
  readonly resetsAt: number | undefined;
}

const schema = z.object({
  // Less than nothing is nothing.
  usagePercentage: z.number().transform((percent) => Math.max(0, percent)),
  blocked: z.boolean().catch(false),
  authenticated: z.boolean().catch(false),
  resetTime: z.string().optional().catch(undefined),
});

/** Longer than any window lasts; an end beyond that is none. */
const longestWindowMs = 366 * 24 * 3_600_000;

/**
 * Asks for the usage. `undefined`: this instance has no such route (older ones count nothing).
 * Source: `GET /api/rate-limit/status/` of newer instances.
 */
export async function fetchUsageStatus(
  client: AkashClient,
  context: { readonly signal: AbortSignal; readonly now: number; readonly token?: string | undefined },
): Promise<UsageStatus | undefined> {
  const reply = await client.send(
    { method: "GET", path: "/api/rate-limit/status/", patience: "short", token: context.token },
    context.signal,
  );
  if (reply.status === 404) {
    reply.discard();
    return undefined;
  }
  if (reply.status !== 200) throw decodeError(await readRefusal(reply), { now: context.now });
  const status = parseStatus(await reply.text());
  const resetsAt = Date.parse(status.resetTime ?? "");
  return {
    usedPercent: status.usagePercentage,
    blocked: status.blocked,
    authenticated: status.authenticated,
    resetsAt: resetsAt - context.now <= longestWindowMs ? resetsAt : undefined,
  };
}

function parseStatus(text: string): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new GatewayError("upstream-protocol", "Akash Chat's usage status cannot be read.", { cause });
  }
}
