import type { CapabilityMemory, LearnedFacts } from "../memory/capability-memory.ts";

/** What is learned of a model, to be added to what is known of it. */
export type News = Pick<LearnedFacts, "capabilities" | "maxOutputTokens" | "contextLength" | "refusedFields">;

/** What answers have shown of one server's models. */
export interface Learning {
  /** What is known of a model, unless it is too old or of another model that had the id before. */
  of(model: string): LearnedFacts | undefined;
  /** Adds to it; `afresh`: somebody looked, so that all of it is as new. Whether any of it was new. */
  add(model: string, news: News, options?: { readonly afresh?: boolean }): boolean;
  /** How a model is listed now: as another one, all that was learned of it is forgotten. */
  see(model: string, mark: string): void;
  /** The build that answered for a model: of another one, too. */
  seeBuild(model: string, build: string): void;
}

/** Servers are started anew with other flags, and nobody says so. */
const longestMs = 3 * 24 * 3_600_000;

/** Creates what is learned of the server that `key` names. */
export function createLearning(options: {
  readonly memory: CapabilityMemory;
  readonly key: string;
  readonly now: () => number;
}): Learning {
  const { memory, now } = options;
  const marks = new Map<string, string>();
  const toKey = (model: string) => `${options.key} ${model}`;

  function of(model: string): LearnedFacts | undefined {
    const facts = memory.get(toKey(model));
    if (facts === undefined) return undefined;
    const age = now() - facts.learnedAt;
    return age >= 0 && age < longestMs ? facts : undefined;
  }

  return {
    of,
    add(model, news, { afresh = false } = {}) {
      const known = of(model);
      const mark = marks.get(model);
      const facts: LearnedFacts = {
        ...known,
        ...news,
        ...(mark === undefined ? {} : { mark }),
        capabilities: { ...known?.capabilities, ...news.capabilities },
        refusedFields: [...new Set([...(known?.refusedFields ?? []), ...(news.refusedFields ?? [])])],
        learnedAt: afresh ? now() : (known?.learnedAt ?? now()),
      };
      if (known !== undefined && JSON.stringify(known) === JSON.stringify(facts)) return false;
      memory.set(toKey(model), facts);
      return true;
    },
    see(model, mark) {
      marks.set(model, mark);
      const known = of(model);
      if (known === undefined) return;
      if (known.mark === undefined) memory.set(toKey(model), { ...known, mark });
      else if (known.mark !== mark) memory.set(toKey(model), undefined);
    },
    seeBuild(model, build) {
      const known = of(model);
      if (known === undefined || known.build === build) return;
      memory.set(toKey(model), known.build === undefined ? { ...known, build } : undefined);
    },
  };
}
