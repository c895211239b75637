import { GatewayError } from "../../errors.ts";
import type { AllowanceState, Budget } from "../../model/budget.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { waitFor } from "../http/abort.ts";
import { createBudgetNotices } from "./budget-notices.ts";
import { createExhaustedError } from "./exhausted-error.ts";
import type { UpstreamLog } from "./options.ts";
import type { SharedAllowance } from "./share-allowance.ts";
import { anonymousSize, sizeOf } from "./to-budget.ts";
import type { UsageStatus } from "./usage-status.ts";

/** What the upstream allows this gateway, and what is left of it. */
export interface Allowance {
  /**
   * Runs what spends of it. While it is spent nothing is run: throws kind `budget-exhausted` at once. Whether it is
   * spent, `run` tells by throwing that kind.
   */
  spend<Value>(run: () => Promise<Value>): Promise<Value>;
  /** Counts the tokens of an answer, until the upstream's own count is looked at again. */
  count(tokens: number): void;
  /**
   * What is known, at once. Once something was spent, who asks for it also has what is old renewed, in the background
   * and at most every 30 s; not with `renew: false`.
   */
  budget(options?: { readonly renew: boolean }): Budget | undefined;
  /** As `Upstream` has it: what is old is renewed first, also before anything was spent. */
  state(signal: AbortSignal, options?: { readonly again: boolean }): Promise<AllowanceState>;
  /** As `Upstream` has it. Renews nothing. */
  tokensLeft(): number | undefined;
  /** Ends a look that is under way and starts no more. */
  close(): void;
}

/** What the allowance is kept with. */
export interface AllowanceOptions {
  /** Asks how much is used. `undefined`: this upstream does not count. */
  readonly look: (signal: AbortSignal) => Promise<UsageStatus | undefined>;
  readonly now: () => number;
  readonly log: UpstreamLog;
  readonly startTimer: StartTimer;
  /** With other processes that spend of it. */
  readonly shared?: SharedAllowance | undefined;
}

/** The pause between two looks. */
const pauseMs = 30_000;
/** The pause after an upstream that does not count. */
const longPauseMs = 3_600_000;
/** How long somebody who asks waits for a look. */
const patienceMs = 4000;

/**
 * Creates the keeper. Looks are made one at a time and at most every 30 s, whoever asks; before something is spent only
 * for those who ask for the state.
 */
export function createAllowance(options: AllowanceOptions): Allowance {
  const { look, now, log, startTimer, shared } = options;
  const closing = new AbortController();
  const notices = createBudgetNotices(options);
  let nextLookAt = 0;
  /** The look that is under way. Resolves when it is over, or has taken longer than anybody shall wait. */
  let looking: Promise<void> | undefined;
  let begun = false;
  let spentUntil: number | undefined;
  /** How often it was told otherwise than by a look of ours. */
  let tidings = 0;
  let seen: UsageStatus | undefined;
  /** When the upstream last told: by a look or by a refusal. */
  let toldAt = 0;
  let countedSince = 0;
  let counts = true;

  function learn(status: UsageStatus | undefined): void {
    counts = status !== undefined;
    if (status === undefined) {
      nextLookAt = now() + longPauseMs;
      return;
    }
    seen = status;
    toldAt = now();
    countedSince = 0;
    const { blocked, resetsAt } = status;
    spentUntil = blocked ? (resetsAt ?? spentUntil) : undefined;
    notices.update(known());
  }

  /** The same, when it was told here: then others hear of it. */
  function learnFirst(status: UsageStatus | undefined): void {
    learn(status);
    if (status !== undefined) shared?.publish(status);
  }

  const stopFollowing = shared?.subscribe((status) => {
    // Newer than a look that is under way, and as good as one.
    tidings += 1;
    nextLookAt = now() + pauseMs;
    learn(status);
  });

  async function lookNow(): Promise<void> {
    const before = tidings;
    try {
      const status = await look(closing.signal);
      // A refusal that came in the meantime is newer.
      if (tidings === before) learnFirst(status);
    } catch (error) {
      // Nobody waits for it: what was known stays known, and the next look may do better.
      log.debug({ err: error }, "the upstream's usage status can't be had");
    }
  }

  function lookAhead({ again } = { again: false }): void {
    const waitMs = nextLookAt - now();
    // No pause is longer than the longest: then the clock was set back.
    const isSoon = !again && waitMs > 0 && waitMs <= longPauseMs;
    if (looking !== undefined || closing.signal.aborted || isSoon) return;
    nextLookAt = now() + pauseMs;
    looking = new Promise((resolve) => {
      const stop = startTimer(patienceMs, resolve);
      void lookNow().finally(() => {
        stop();
        looking = undefined;
        resolve();
      });
    });
  }

  function note(error: unknown): void {
    if (!(error instanceof GatewayError) || error.kind !== "budget-exhausted") return;
    if (error.resetsAt === undefined) return;
    tidings += 1;
    // As good as a look.
    nextLookAt = now() + pauseMs;
    const { authenticated = false, usedPercent = 0 } = seen ?? {};
    const { resetsAt } = error;
    learnFirst({ usedPercent: Math.max(100, usedPercent), blocked: true, authenticated, resetsAt });
  }

  /** When there is a new budget, if there is none now. */
  function nextBudgetAt(): number | undefined {
    if (spentUntil !== undefined && now() >= spentUntil) spentUntil = undefined;
    return spentUntil;
  }

  /** How much of the present window is used; `undefined`: nobody said, or it is over. */
  function usedNow(): { readonly usedPercent: number; readonly resetsAt: number } | undefined {
    if (seen?.resetsAt === undefined || now() >= seen.resetsAt) return undefined;
    const estimate = seen.usedPercent + (countedSince * 100) / anonymousSize.tokens;
    return { usedPercent: Math.max(seen.usedPercent, Math.min(100, estimate)), resetsAt: seen.resetsAt };
  }

  function known(): Budget | undefined {
    const resetsAt = nextBudgetAt();
    if (resetsAt !== undefined) {
      const usedPercent = Math.max(100, seen?.usedPercent ?? 0);
      return { usedPercent, spent: true, resetsAt, size: sizeOf(seen) };
    }
    const used = usedNow();
    return used === undefined ? undefined : { ...used, spent: false, size: sizeOf(seen) };
  }

  return {
    async spend(run) {
      begun = true;
      const resetsAt = nextBudgetAt();
      if (resetsAt !== undefined) {
        // It may have been lifted early: then the next request is asked for again.
        lookAhead();
        throw createExhaustedError(resetsAt, { now: now() });
      }
      try {
        return await run();
      } catch (error) {
        note(error);
        throw error;
      }
    },
    count(tokens) {
      countedSince += tokens;
      notices.update(known());
    },
    budget({ renew } = { renew: true }) {
      if (begun && renew) lookAhead();
      return known();
    },
    async state(signal, asked) {
      lookAhead(asked);
      if (looking !== undefined) await waitFor(looking, signal);
      const budget = known();
      if (budget === undefined) return { kind: counts ? "unknown" : "uncounted" };
      return { kind: "counted", budget, estimated: !budget.spent && countedSince > 0, toldAt };
    },
    tokensLeft() {
      if (nextBudgetAt() !== undefined) return 0;
      const size = sizeOf(seen);
      if (!counts || size === undefined) return undefined;
      return size.tokens * (1 - Math.min(100, usedNow()?.usedPercent ?? 0) / 100);
    },
    close() {
      closing.abort();
      stopFollowing?.();
      notices.close();
    },
  };
}
