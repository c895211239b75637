import type { Availability } from "./place.ts";
import { groupModels, idsOf, lastPart, type Offer } from "./group-models.ts";
import { type Leg, legKey, type Modality, type OfferedModel, type Price } from "./leg.ts";

/** A name of the operator's own, and what it stands for, in the order in which it is asked. */
export interface OwnName {
  readonly name: string;
  /** `upstream/model`, where `*` in the model stands for any text. */
  readonly targets: readonly string[];
}

/** A model of the merged list. What is absent is unknown. */
export interface ListedModel {
  /** What clients ask for. */
  readonly id: string;
  /** The models behind it, in the order in which they are asked; `answersNow`: not known to rest. */
  readonly legs: readonly (Leg & { readonly answersNow: boolean })[];
  /** Whether any of them does. */
  readonly answersNow: boolean;
  readonly kind: OfferedModel["kind"];
  readonly name?: string;
  readonly description?: string;
  /** The largest: a prompt that is too long for one leg is asked at a larger one. */
  readonly contextLength?: number;
  /** The smallest: whoever answers can do so much. */
  readonly outputLimit?: number;
  readonly input?: readonly Modality[];
  readonly output?: readonly Modality[];
  readonly tools?: "native" | "emulated";
  readonly price?: Price;
}

/** What a request needs of the model that answers it. */
export interface Needs {
  /** Images among its messages. */
  readonly images?: boolean;
}

/** All models of all upstreams, by what clients call them. Made anew when a list changes. */
export interface Catalogue {
  /**
   * The legs for a model, in the order in which they are to be asked; none: nobody has it. An own name goes before an id
   * of a model, this before `upstream/model`, this before the last part of a path. What is not listed anywhere is left to the upstreams
   * whose lists are not known.
   */
  candidates(id: string, needs?: Needs): readonly Leg[];
  /** The merged list: own names first, then models as they are offered. */
  list(availability: (leg: Leg) => Availability): readonly ListedModel[];
}

/** What the catalogue is made of. */
export interface CatalogueOptions {
  /** In the order in which upstreams are asked. */
  readonly offers: readonly Offer[];
  readonly names?: readonly OwnName[];
  /** Whether an id fits a pattern with `*`, case aside. */
  readonly matches: (pattern: string, id: string) => boolean;
}

/** A `*` may stand for hundreds of models; nobody waits until all have failed. */
const mostOfPattern = 8;

/** Creates the catalogue. */
export function createCatalogue({ offers, names = [], matches }: CatalogueOptions): Catalogue {
  const groups = groupModels(offers);
  const own = new Map(names.map(({ name, targets }) => [name.toLowerCase(), targets.flatMap(toLegs)]));
  // Its own id goes before what another model is called elsewhere.
  const byId = new Map([
    ...indexBy(groups, (leg) => idsOf(leg.model)),
    ...indexBy(groups, (leg) => [leg.model.id.toLowerCase()]),
    // The id under which a group is listed leads to it.
    ...indexBy(groups, (leg, at) => (at === 0 ? [leg.model.id.toLowerCase()] : [])),
  ]);
  const byLastPart = indexBy(groups, (leg) => idsOf(leg.model).map(lastPart));

  /** The leg of `upstream/model`; an upstream whose list is not known takes any id. */
  function toLeg(target: string): readonly Leg[] {
    const { offer, wanted } = split(offers, target);
    if (offer === undefined || wanted === "") return [];
    const { upstream, models } = offer;
    const model = models === undefined ? unlisted(wanted) : findModel(models, wanted);
    return model === undefined ? [] : [{ upstream, model }];
  }

  function toLegs(target: string): readonly Leg[] {
    const { offer, wanted } = split(offers, target);
    if (offer === undefined || !wanted.includes("*")) return toLeg(target);
    const found = (offer.models ?? []).filter(({ id, kind }) => kind === "chat" && matches(wanted, id));
    return found.slice(0, mostOfPattern).map((model) => ({ upstream: offer.upstream, model }));
  }

  function find(id: string): readonly Leg[] {
    const lower = id.toLowerCase();
    const known = own.get(lower) ?? byId.get(lower);
    if (known !== undefined) return known;
    const exact = toLeg(id);
    if (exact.length > 0) return exact;
    return (
      byLastPart.get(lastPart(id)) ??
      offers.flatMap(({ upstream, models }) =>
        models === undefined ? [{ upstream, model: unlisted(id) }] : [],
      )
    );
  }

  return {
    candidates(id, { images = false } = {}) {
      const legs = uniqueLegs(find(id));
      const able = legs.filter(({ model }) => !images || (model.input?.includes("image") ?? true));
      // Nobody can: the first says so in its own words.
      return able.length === 0 ? legs : able;
    },
    list(availability) {
      const named = names.map(({ name, targets }) => ({
        id: name,
        legs: uniqueLegs(targets.flatMap(toLegs)),
      }));
      const taken = new Set(named.map(({ id }) => id.toLowerCase()));
      const offered = groups.map((legs) => {
        const [first] = legs;
        const id = first?.model.id ?? "";
        const free = !taken.has(id.toLowerCase()) || first === undefined ? id : legKey(first);
        taken.add(free.toLowerCase());
        return { id: free, legs };
      });
      return [...named, ...offered].flatMap(({ id, legs }) => toListed(id, legs, availability));
    },
  };
}

/** The upstream of `upstream/model`, and what is wanted of it. */
function split(
  offers: readonly Offer[],
  target: string,
): { readonly offer: Offer | undefined; readonly wanted: string } {
  const slash = target.indexOf("/");
  const name = target.slice(0, Math.max(0, slash)).toLowerCase();
  const offer = offers.find(({ upstream }) => upstream.toLowerCase() === name);
  return { offer, wanted: target.slice(slash + 1) };
}

/** What is known of a model that no list tells of. */
function unlisted(id: string): OfferedModel {
  return { id, kind: "chat" };
}

function findModel(models: readonly OfferedModel[], id: string): OfferedModel | undefined {
  const lower = id.toLowerCase();
  return (
    models.find((model) => model.id === id) ??
    models.find((model) => model.id.toLowerCase() === lower) ??
    models.find((model) => idsOf(model).includes(lower)) ??
    models.find((model) => idsOf(model).map(lastPart).includes(lower))
  );
}

function uniqueLegs(legs: readonly Leg[]): readonly Leg[] {
  return [...new Map(legs.map((leg) => [legKey(leg), leg])).values()];
}

/** The first group that has a key. */
function indexBy(
  groups: readonly (readonly Leg[])[],
  keysOf: (leg: Leg, at: number) => readonly string[],
): ReadonlyMap<string, readonly Leg[]> {
  const index = new Map<string, readonly Leg[]>();
  for (const group of groups) {
    for (const key of group.flatMap(keysOf)) if (!index.has(key)) index.set(key, group);
  }
  return index;
}

/** One entry of the list; of what only one leg can answer for, the first that answers now is asked. */
function toListed(
  id: string,
  legs: readonly Leg[],
  availability: (leg: Leg) => Availability,
): readonly ListedModel[] {
  const rated = legs.map((leg) => ({ ...leg, answersNow: /^(?:ready|due)$/.test(availability(leg)) }));
  const first = rated.find(({ answersNow }) => answersNow) ?? rated[0];
  if (first === undefined) return [];
  const { kind, name, description, input, output, tools, price } = first.model;
  const windows = legs.flatMap(({ model }) => model.contextLength ?? []);
  const limits = legs.flatMap(({ model }) => model.outputLimit ?? []);
  return [
    {
      id,
      legs: rated,
      answersNow: first.answersNow,
      kind,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(windows.length === 0 ? {} : { contextLength: Math.max(...windows) }),
      ...(limits.length === 0 ? {} : { outputLimit: Math.min(...limits) }),
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(tools === undefined ? {} : { tools }),
      ...(price === undefined ? {} : { price }),
    },
  ];
}
