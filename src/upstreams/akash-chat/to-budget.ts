import type { AllowanceState, Budget } from "../../model/budget.ts";
import type { UsageStatus } from "./usage-status.ts";

/** What an anonymous address has: the upstream's documented default, which no route tells. */
export const anonymousSize = { tokens: 25_000, windowMs: 4 * 3_600_000 };

/** The size of an allowance. Nobody tells that of an account. */
export function sizeOf(status: UsageStatus | undefined): Budget["size"] {
  return status?.authenticated === true ? undefined : anonymousSize;
}

/** What a look at the usage says; `undefined`: the upstream does not count. `now` in ms since the epoch. */
export function toAllowanceState(status: UsageStatus | undefined, now: number): AllowanceState {
  if (status === undefined) return { kind: "uncounted" };
  const { usedPercent, blocked: spent, resetsAt } = status;
  if (resetsAt === undefined || resetsAt <= now) return { kind: "unknown" };
  const budget = { usedPercent, spent, resetsAt, size: sizeOf(status) };
  return { kind: "counted", budget, estimated: false, toldAt: now };
}
