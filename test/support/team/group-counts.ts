import type { Counted } from "./start-counting-upstream.ts";

/** The second turn of a chain has a tag of its own, and the session of the first. */
const nextTurn = "soak.next-";

/** Gathers what an upstream counted by tag into what it counted by session. */
export function groupCounts(counted: ReadonlyMap<string, Counted>): ReadonlyMap<string, readonly Counted[]> {
  const sessions = new Map<string, Counted[]>();
  for (const [tag, count] of counted) {
    const session = tag.replace(nextTurn, "soak.");
    sessions.set(session, [...(sessions.get(session) ?? []), count]);
  }
  return sessions;
}
