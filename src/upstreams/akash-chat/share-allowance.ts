import { z } from "zod";

import type { Notices } from "../../model/notices.ts";
import type { UsageStatus } from "./usage-status.ts";

/** What processes that spend of one allowance tell each other of it. */
export interface SharedAllowance {
  /** What the upstream has just told, by a look or by a refusal. */
  publish(status: UsageStatus): void;
  /** Hears what it has told others. What it returns ends that. */
  subscribe(take: (status: UsageStatus) => void): () => void;
}

const kind = "allowance";
/** What is older is looked at anew, unless it says when it ends. */
const worthMs = 30_000;

/** JSON leaves out what is undefined. */
const statusSchema = z.object({
  usedPercent: z.number(),
  blocked: z.boolean(),
  authenticated: z.boolean(),
  resetsAt: z.number().optional(),
});

/** Shares the allowance of those for whom it has the same `identity`. */
export function shareAllowance(notices: Notices, identity: string, now: () => number): SharedAllowance {
  return {
    publish: (value) =>
      notices.publish({ kind, key: identity, value, until: value.resetsAt ?? now() + worthMs }),
    subscribe: (take) =>
      notices.subscribe(kind, ({ key, value, until }) => {
        if (key !== identity) return;
        const status = statusSchema.safeParse(value).data;
        // Another version of this program may say it otherwise. The time that it ends is told by our clock.
        if (status !== undefined)
          take({ ...status, resetsAt: status.resetsAt === undefined ? undefined : until });
      }),
  };
}
