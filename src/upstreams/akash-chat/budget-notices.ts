import type { Budget } from "../../model/budget.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { describeWait } from "./exhausted-error.ts";
import type { UpstreamLog } from "./options.ts";

/** Tells the operator when the budget gets scarce, when it is used up, and when there is a new one: each once in a window. */
export interface BudgetNotices {
  /** To be called whenever more may be known. `undefined`: nothing is known of the present window. */
  update(budget: Budget | undefined): void;
  /** Says nothing more. */
  close(): void;
}

/** What the notices are made with. */
export interface BudgetNoticesOptions {
  readonly log: UpstreamLog;
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

/** From these shares on, in percent, there is something to be said. */
const scarce = 80;
const used = 100;

/** The clock may be set, and a machine may sleep: no timer is trusted for longer. */
const longestTimerMs = 3_600_000;
const shortestTimerMs = 1000;

/** What was said of the present window. */
type Said =
  | { readonly level: "nothing" }
  | { readonly level: "scarce"; readonly until: number }
  | { readonly level: "used"; readonly until: number; readonly refused: boolean };

/** Creates the notices. */
export function createBudgetNotices({ log, now, startTimer }: BudgetNoticesOptions): BudgetNotices {
  let said: Said = { level: "nothing" };
  let stopTimer: () => void = noTimer;
  let closed = false;

  function renew(): void {
    if (said.level === "used") log.info({ event: "budget" }, "there is a new budget at Akash Chat");
    said = { level: "nothing" };
    stopTimer();
    stopTimer = noTimer;
  }

  /** So that the log tells also when nobody asks for anything. */
  function watch(until: number): void {
    stopTimer();
    const waitMs = Math.min(longestTimerMs, Math.max(shortestTimerMs, until - now()));
    stopTimer = startTimer(waitMs, () => {
      if (now() >= until) renew();
      else watch(until);
    });
  }

  function warn(budget: Budget): void {
    const { usedPercent, spent, resetsAt, size } = budget;
    const fields = {
      event: "budget",
      usedPercent: Math.floor(usedPercent),
      resetsAt: new Date(resetsAt).toISOString(),
    };
    const wait = describeWait(resetsAt - now());
    if (spent) {
      log.warn(
        fields,
        `the budget at Akash Chat is spent: it refuses requests until there is a new one in ${wait}`,
      );
    } else if (usedPercent >= used) {
      log.warn(
        fields,
        `the budget at Akash Chat is used up by our own count: it may refuse requests until there is a new one in ${wait}`,
      );
    } else {
      const left = size === undefined ? 0 : Math.round(size.tokens * (1 - usedPercent / 100));
      const rest = size === undefined ? "" : `, some ${left.toLocaleString("en-US")} tokens are left`;
      log.warn(
        fields,
        `${Math.floor(usedPercent)} % of the budget at Akash Chat is used${rest}; there is a new one in ${wait}`,
      );
    }
  }

  return {
    update(budget) {
      if (closed) return;
      if (said.level !== "nothing" && now() >= said.until) renew();
      if (budget === undefined) return;
      const { usedPercent, spent, resetsAt } = budget;
      if (spent || usedPercent >= used) {
        if (said.level !== "used") warn(budget);
        said = { level: "used", until: resetsAt, refused: spent || (said.level === "used" && said.refused) };
        watch(resetsAt);
        return;
      }
      // It was lifted early. An estimate that was too high is no new budget.
      if (said.level === "used" && said.refused) renew();
      if (said.level !== "nothing" || usedPercent < scarce) return;
      warn(budget);
      said = { level: "scarce", until: resetsAt };
    },
    close() {
      closed = true;
      stopTimer();
    },
  };
}

function noTimer(): void {}
