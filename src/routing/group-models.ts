import { type Leg, legKey } from "../model/leg.ts";
import type { ModelInfo } from "../model/model-info.ts";

/** What one upstream lists. */
export interface Offer {
  readonly upstream: string;
  /** `undefined` while its list is not known: then it judges itself what it is asked for. */
  readonly models: readonly ModelInfo[] | undefined;
  /** Whose all its models are, where that is one. */
  readonly owner?: string | undefined;
  /** The model that draws there, also while a list does not show it. */
  readonly drawsAs?: string | undefined;
}

/** All upstreams of one model, in the order of the offers: at most one leg for each upstream. */
export type ModelGroup = readonly Leg[];

/** The last part of a path, without case: `deepseek-ai/DeepSeek-V3.2` is `deepseek-v3.2`. */
export function lastPart(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1).toLowerCase();
}

/** The ids of a model, without case: its own, and the other one that its upstream knows it by. */
export function idsOf({ id, backEndId }: ModelInfo): readonly string[] {
  return [id, ...(backEndId === undefined ? [] : [backEndId])].map((one) => one.toLowerCase());
}

/**
 * Finds out which models of several upstreams are the same: those that have one id, then those that share any, then the last part of one. Two
 * of one upstream never are, and a last part that several models of an upstream have says nothing of them. The groups
 * are in the order in which their first models are offered.
 */
export function groupModels(offers: readonly Offer[]): readonly ModelGroup[] {
  const legs = offers.flatMap(({ upstream, models = [] }) =>
    uniqueById(models).map((model): Leg => ({ upstream, model })),
  );
  const order = new Map(legs.map((leg, index) => [legKey(leg), index]));
  const groupOf = new Map<Leg, Set<Leg>>(legs.map((leg) => [leg, new Set([leg])]));

  function unite(keysOf: (leg: Leg) => readonly string[]): void {
    const byKey = new Map<string, Leg[]>();
    for (const leg of legs) {
      for (const key of new Set(keysOf(leg))) {
        const sharing = byKey.get(key) ?? [];
        const other = sharing.find((one) => areApart(groupOf.get(one), groupOf.get(leg)));
        if (other !== undefined) merge(groupOf, other, leg);
        sharing.push(leg);
        byKey.set(key, sharing);
      }
    }
  }

  unite(({ model }) => idsOf(model).slice(0, 1));
  unite(({ model }) => idsOf(model));
  const counts = countLastParts(legs);
  unite((leg) =>
    idsOf(leg.model)
      .map(lastPart)
      .filter((part) => counts.get(`${leg.upstream} ${part}`) === 1),
  );
  const place = (leg: Leg): number => order.get(legKey(leg)) ?? 0;
  return [...new Set(legs.flatMap((leg) => groupOf.get(leg) ?? []))].map((group) =>
    [...group].sort((a, b) => place(a) - place(b)),
  );
}

function uniqueById(models: readonly ModelInfo[]): readonly ModelInfo[] {
  return [...new Map(models.map((model) => [model.id, model])).values()];
}

/** How many models of an upstream have a last part. */
function countLastParts(legs: readonly Leg[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { upstream, model } of legs) {
    for (const part of new Set(idsOf(model).map(lastPart))) {
      const key = `${upstream} ${part}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** Whether two groups have no upstream in common. */
function areApart(a: ReadonlySet<Leg> | undefined, b: ReadonlySet<Leg> | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return false;
  const upstreams = new Set([...a].map(({ upstream }) => upstream));
  return ![...b].some(({ upstream }) => upstreams.has(upstream));
}

function merge(groupOf: Map<Leg, Set<Leg>>, first: Leg, second: Leg): void {
  const into = groupOf.get(first);
  for (const leg of groupOf.get(second) ?? []) {
    into?.add(leg);
    if (into !== undefined) groupOf.set(leg, into);
  }
}
