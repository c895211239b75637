import type { ModelInfo } from "../model/model-info.ts";
import { lastPart } from "./group-models.ts";

/** Finds models of a list by the ids that clients send. */
export interface ModelFinder<Model> {
  /**
   * By its own id, the same in another case, any other name of it, one of these without the tag `:latest`, which Ollama means where
   * none is said, or the id that the back end has for it alone.
   */
  byName(id: string): Model | undefined;
  /**
   * By another spelling. Where an upstream has nothing but ids of its back end, the usual ids lead to them: they are without
   * all or a part of the vendor in front. `DeepSeek-V3.2` is `deepseek-ai/DeepSeek-V3.2` there, `openai-gpt-oss-120b` is
   * `openai/gpt-oss-120b`, `Meta-Llama-3-3-70B-Instruct` is `meta-llama/Llama-3.3-70B-Instruct`. Everywhere,
   * the vendor may be left out, or be in front where the list has none. What fits several models is none.
   */
  bySpelling(id: string): Model | undefined;
}

/** What a model of the list is known by. */
export interface ModelNames {
  /** The first is what it is listed under. */
  readonly names: readonly string[];
  /** What its upstreams say of it. */
  readonly facts: readonly ModelInfo[];
}

/** No id is longer. */
const longestId = 200;

/** Creates the finder of a list. Of several with one name the first counts. */
export function createModelFinder<Model>(
  list: readonly Model[],
  read: (model: Model) => ModelNames,
): ModelFinder<Model> {
  const known = list.map((model) => ({ model, ...read(model) }));
  const own = indexBy(known, ({ names }) => names.slice(0, 1));
  const ownFolded = indexBy(known, ({ names }) => names.slice(0, 1).map(fold));
  const all = indexBy(known, ({ names }) => names.map(fold));
  const untagged = indexBy(known, ({ names }) => names.map((name) => fold(name).replace(/:latest$/, "")));

  function only(fits: (facts: ModelInfo) => boolean): Model | undefined {
    const [found, ...rest] = known.filter(({ facts }) => facts.some(fits));
    return rest.length === 0 ? found?.model : undefined;
  }

  return {
    byName(id) {
      const folded = fold(id);
      const named = own.get(id) ?? ownFolded.get(folded) ?? all.get(folded) ?? untagged.get(folded);
      return named?.model ?? only(({ backEndId }) => backEndId !== undefined && fold(backEndId) === folded);
    },
    bySpelling(id) {
      if (id.length > longestId) return undefined;
      const wanted = simplify(id);
      const part = lastPart(id);
      return (
        only((facts) => facts.raw === true && isWithoutVendor(wanted, facts.id)) ??
        (part === ""
          ? undefined
          : only(({ id: one, backEndId = one }) => [one, backEndId].some((other) => areAlike(id, other))))
      );
    },
  };
}

/** Whether two ids differ by nothing but a vendor that only one of them names. */
function areAlike(id: string, other: string): boolean {
  return lastPart(id) === lastPart(other) && !(id.includes("/") && other.includes("/"));
}

function fold(id: string): string {
  return id.toLowerCase();
}

function indexBy<Entry>(
  entries: readonly Entry[],
  keysOf: (entry: Entry) => readonly string[],
): ReadonlyMap<string, Entry> {
  const index = new Map<string, Entry>();
  for (const entry of entries) for (const key of keysOf(entry)) if (!index.has(key)) index.set(key, entry);
  return index;
}

/** Whether `wanted` is the name behind the vendor of `full`, with nothing or the beginning of the vendor in front. */
function isWithoutVendor(wanted: string, full: string): boolean {
  const slash = full.indexOf("/");
  if (slash <= 0) return false;
  const name = simplify(full.slice(slash + 1));
  if (name === "" || !wanted.endsWith(name)) return false;
  const front = wanted.slice(0, wanted.length - name.length);
  return front === "" || (front.endsWith("-") && `${simplify(full.slice(0, slash))}-`.startsWith(front));
}

/** Without case, and all punctuation alike. */
function simplify(id: string): string {
  return id.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
}
