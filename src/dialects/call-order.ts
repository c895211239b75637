import { z } from "zod";

/** The id of a call or of what it answers. Some clients lose ids, or never had one: null and empty ones are none. */
export const callId = z
  .string()
  .nullish()
  .transform((id) => id || undefined);

/** Which result belongs to which call. Without ids they belong together by their order. */
export interface CallOrder {
  /** Notes a call that waits for its result. */
  add(id: string, name: string): void;
  /**
   * The id of the call that a result answers: the one it names, else the first that has no result yet, of that name
   * if it has one. Undefined when none waits.
   */
  answer(id: string | undefined, name?: string): string | undefined;
  /**
   * As `answer`, where calls may come without ids and clients make up one for the result: an id that no call has says nothing as long as a call
   * waits.
   */
  adopt(id: string | undefined, name?: string): string | undefined;
}

/** Creates the order of one conversation. */
export function createCallOrder(): CallOrder {
  /** Names by id, in their order. */
  const waiting = new Map<string, string>();
  const known = new Set<string>();
  /** Ids by name, in their order. */
  const named = new Map<string, Set<string>>();

  function first(name: string | undefined): string | undefined {
    const [own] = (name === undefined ? undefined : named.get(name)) ?? [];
    const [any] = waiting.keys();
    return own ?? any;
  }

  function answer(id: string | undefined, name?: string): string | undefined {
    const found = id ?? first(name);
    if (found === undefined) return undefined;
    named.get(waiting.get(found) ?? "")?.delete(found);
    waiting.delete(found);
    return found;
  }

  return {
    add(id, name) {
      known.add(id);
      waiting.set(id, name);
      named.set(name, (named.get(name) ?? new Set()).add(id));
    },
    answer,
    adopt: (id, name) => answer(id === undefined || known.has(id) ? id : (first(name) ?? id), name),
  };
}
