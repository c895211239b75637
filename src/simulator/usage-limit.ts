/** Tokens used per client address in a fixed window that starts with the first use. */
export interface UsageLimit {
  /** `Infinity`: there is no limit. */
  readonly limit: number;
  usedBy(address: string): number;
  /** Unix ms at which the address's window ends (from now, when it has not started). */
  resetAt(address: string): number;
  add(address: string, tokens: number): void;
}

const WINDOW_MS = 4 * 60 * 60 * 1000;

/** Makes the counter; `now` is unix time in ms. */
export function createUsageLimit(limit: number | undefined, now: () => number): UsageLimit {
  const windows = new Map<string, { used: number; readonly end: number }>();
  const current = (address: string): { used: number; readonly end: number } | undefined => {
    const window = windows.get(address);
    return window !== undefined && window.end > now() ? window : undefined;
  };

  return {
    limit: limit ?? Infinity,
    usedBy: (address) => current(address)?.used ?? 0,
    resetAt: (address) => current(address)?.end ?? now() + WINDOW_MS,
    add(address, tokens) {
      if (tokens <= 0) return;
      const window = current(address) ?? { used: 0, end: now() + WINDOW_MS };
      window.used += tokens;
      windows.set(address, window);
    },
  };
}

/** The address under which the app counts a caller: everything before the first colon (IPv6 too). */
export function usageAddress(forwardedFor: string | undefined, remote: string): string {
  const address = forwardedFor?.split(",")[0]?.trim() || remote.replace(/^::ffff:/, "");
  return address.split(":")[0] ?? "";
}
