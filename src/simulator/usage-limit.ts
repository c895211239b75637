import type { Usage } from "./frames.ts";

/** Tokens used per client address in a fixed window that starts with the first use. */
export interface UsageLimit {
  /** `Infinity`: there is no limit. */
  readonly limit: number;
  usedBy(address: string): number;
  /** Prompt tokens of the address's last answer. */
  lastPromptOf(address: string): number;
  /** Unix ms at which the address's window ends (a whole window from now, when none has started). */
  resetAt(address: string): number;
  /** Counts an answer; one without token counts is not counted. */
  add(address: string, usage: Usage, multiplier: number): void;
}

interface Window {
  used: number;
  lastPrompt: number;
  readonly end: number;
}

const WINDOW_MS = 4 * 60 * 60 * 1000;

/** Makes the counter; `now` is unix time in ms. */
export function createUsageLimit(limit: number | undefined, now: () => number): UsageLimit {
  const windows = new Map<string, Window>();
  const current = (address: string): Window | undefined => {
    const window = windows.get(address);
    return window !== undefined && window.end > now() ? window : undefined;
  };

  return {
    limit: limit ?? Infinity,
    usedBy: (address) => current(address)?.used ?? 0,
    lastPromptOf: (address) => current(address)?.lastPrompt ?? 0,
    resetAt: (address) => current(address)?.end ?? now() + WINDOW_MS,
    add(address, { promptTokens, completionTokens }, multiplier) {
      if (promptTokens === null || completionTokens === null) return;
      const window = current(address) ?? { used: 0, lastPrompt: 0, end: now() + WINDOW_MS };
      window.used += Math.ceil((promptTokens + completionTokens) * multiplier);
      window.lastPrompt = promptTokens;
      windows.set(address, window);
    },
  };
}

/** The address under which the app counts a caller: everything before the first colon, of IPv6 too. */
export function usageAddress(forwarded: string | readonly string[] | undefined, remote: string): string {
  const address = typeof forwarded === "string" ? forwarded : remote.replace(/^::ffff:/, "");
  return address.split(":")[0] ?? "";
}
