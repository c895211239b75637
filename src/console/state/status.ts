import { computed, effect, signal } from "@preact/signals";

import { ask, AskError } from "../api/ask.ts";
import { follow } from "../api/follow.ts";
import type { Span, StatusObject } from "../api/types.ts";
import { access, askAccess, isKnown, knownBy } from "./access.ts";
import { now } from "./clock.ts";
import { onOtherToken, token } from "./token.ts";

/** How the gateway is, as it was last told; `undefined`: nothing was told yet. */
export const status = signal<StatusObject | undefined>(undefined);
/** How long back is looked. */
export const span = signal<Span>("24h");
/** Since when nothing is told any more, ms since the epoch, and when it is tried again; `undefined`: it is told. */
export const lost = signal<{ readonly since: number; readonly nextTry: number } | undefined>(undefined);
/** Whether anybody has ever asked for an answer, as far as is remembered; `undefined`: not known yet. */
export const everAsked = signal<boolean | undefined>(undefined);

/** What the gateway ends by itself, and what is at once begun anew, is not worth a word. */
const quietMs = 3000;

/** Whether nothing is told for so long that it is worth a word. */
export const isLost = computed(() => lost.value !== undefined && now.value - lost.value.since >= quietMs);

const firstWaitMs = 1000;
const longestWaitMs = 10_000;

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Follows until the signal aborts: what breaks off is begun anew, after a wait that grows. */
async function followStatus(of: Span, signal: AbortSignal): Promise<void> {
  let waitMs = firstWaitMs;
  while (!signal.aborted) {
    let parts: Partial<StatusObject> = {};
    try {
      await follow(`v1/status/events?span=${of}`, signal, (event) => {
        if (event.name !== "status") return;
        // The first event has all fields, each later one what has changed.
        parts = { ...parts, ...(JSON.parse(event.data) as Partial<StatusObject>) };
        status.value = parts as StatusObject;
        lost.value = undefined;
        waitMs = firstWaitMs;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AskError && error.status === 401) await askAccess();
    }
    if (signal.aborted) return;
    lost.value = { since: lost.value?.since ?? Date.now(), nextTry: Date.now() + waitMs };
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
    // What it was may be no more: a token that was given meanwhile, or a key that was revoked.
    if (!signal.aborted) await askAccess();
  }
}

/** Changes with who we are, and not with each time that we ask who. `undefined`: nobody, or one who was not asked for yet. */
const viewer = computed(() =>
  isKnown(access.value) && knownBy.value === token.value
    ? `${access.value?.caller} ${knownBy.value}`
    : undefined,
);
const isVisible = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  isVisible.value = !document.hidden;
});

/** Follows the status as long as we may see it and somebody looks. */
export function watchStatus(): void {
  onOtherToken(() => {
    status.value = undefined;
    lost.value = undefined;
    everAsked.value = undefined;
  });
  effect(() => {
    if (viewer.value === undefined || !isVisible.value) return undefined;
    const controller = new AbortController();
    void followStatus(span.value, controller.signal);
    return () => controller.abort();
  });
  effect(() => {
    const happened = status.value?.activity;
    if (happened === undefined || everAsked.peek() === true) return;
    if (happened === null || happened.all.requests > 0) everAsked.value = true;
    else if (everAsked.peek() === undefined) void askWhetherEver();
  });
}

/** A quiet day is no first run. */
async function askWhetherEver(): Promise<void> {
  try {
    const { activity } = await ask<StatusObject>("v1/status?span=30d");
    everAsked.value = activity === null || activity.all.requests > 0;
  } catch {
    // The next event asks again.
    everAsked.value = undefined;
  }
}
