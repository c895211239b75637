import { createHash } from "node:crypto";

import type { Config } from "../../config.ts";
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

/** Shares the allowance of those who are the same for this upstream: the same address, by the same login. */
export function shareAllowance(
  notices: Notices,
  { AKASH_BASE_URL, AKASH_ACCESS_TOKEN, AKASH_COOKIE }: Config,
  now: () => number,
): SharedAllowance {
  const identity = JSON.stringify([AKASH_BASE_URL, AKASH_ACCESS_TOKEN, AKASH_COOKIE]);
  // Neither the token nor the cookie goes anywhere.
  const key = createHash("sha256").update(identity).digest("base64url");
  return {
    publish: (value) => notices.publish({ kind, key, value, until: value.resetsAt ?? now() + worthMs }),
    subscribe: (take) =>
      notices.subscribe(kind, (notice) => {
        // Ours, from another process; JSON leaves out what is undefined.
        const status = notice.value as UsageStatus;
        if (notice.key === key) take({ ...status, resetsAt: status.resetsAt });
      }),
  };
}
