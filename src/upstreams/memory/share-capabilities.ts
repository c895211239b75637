import type { Notices } from "../../model/notices.ts";
import type { CapabilityMemory, LearnedFacts } from "./capability-memory.ts";

const kind = "capabilities";
/** Longer than anybody goes by what was learned once. */
const worthMs = 7 * 24 * 3_600_000;

/** A memory that tells the gateway's other processes what is learned here, and takes over what is learned there. */
export function shareCapabilities(
  memory: CapabilityMemory,
  { notices, now }: { readonly notices: Notices; readonly now: () => number },
): CapabilityMemory {
  notices.subscribe(kind, ({ key, value }) => {
    // Ours, from another process; JSON has no `undefined`.
    memory.set(key, (value as LearnedFacts | null) ?? undefined);
  });
  return {
    get: (key) => memory.get(key),
    set(key, facts) {
      memory.set(key, facts);
      notices.publish({ kind, key, value: facts ?? null, until: now() + worthMs, isLocal: true });
    },
    settle: () => memory.settle(),
  };
}
