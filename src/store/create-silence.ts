/** A problem that goes on is told again after so long, in ms. */
const silenceMs = 60_000;

/**
 * Creates what says of each kind of problem whether it is to be told now: at once, then once a minute, however often it is met. The answer is how often
 * it was not told since it last was; `undefined`: not now.
 */
export function createSilence(now: () => number): (kind: string) => number | undefined {
  const told = new Map<string, { readonly at: number; silent: number }>();

  return (kind) => {
    const last = told.get(kind);
    if (last !== undefined && now() - last.at < silenceMs) {
      last.silent += 1;
      return undefined;
    }
    told.set(kind, { at: now(), silent: 0 });
    return last?.silent ?? 0;
  };
}
