import { type GatewayError, shorten } from "../errors.ts";
import { type Leg, legKey, type ListedModel, type RoutedModel, toRoutedModel } from "../model/leg.ts";
import { matchGlob } from "../model/match-glob.ts";
import type { ModelInfo } from "../model/model-info.ts";
import { createModelFinder, type ModelFinder } from "./find-model.ts";
import { groupModels, type Offer } from "./group-models.ts";
import type { Catalogue, OwnName } from "./router.ts";

/** What the catalogue is made of. */
export interface CatalogueOptions {
  /** In the order in which upstreams are asked. */
  readonly offers: readonly Offer[];
  readonly names?: readonly OwnName[];
  readonly failure?: GatewayError | undefined;
  readonly unreachable?: ReadonlySet<string>;
  readonly withoutList?: Catalogue["withoutList"];
}

/** A `*` may stand for hundreds of models; nobody waits until all have failed. */
const mostOfPattern = 8;

/** Creates the catalogue. */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { names = [], failure, unreachable = new Set(), withoutList = [] } = options;
  const offers = options.offers.map(withOwner);
  const finders = new Map(offers.map((offer) => [offer.upstream, createOfferFinder(offer)]));

  /** The leg of `upstream/model`; an upstream whose list is not known takes any id. */
  function toLeg(target: string): Leg | undefined {
    const { offer, wanted } = split(offers, target);
    if (offer === undefined || wanted === "") return undefined;
    const finder = finders.get(offer.upstream);
    const model = finder?.byName(wanted) ?? finder?.bySpelling(wanted) ?? findUnlisted(offer, wanted);
    return model === undefined ? undefined : { upstream: offer.upstream, model };
  }

  function toLegs(target: string): readonly Leg[] {
    const { offer, wanted } = split(offers, target);
    if (offer !== undefined && wanted.includes("*")) {
      const found = (offer.models ?? []).filter(({ id, kind }) => kind === "chat" && matchGlob(wanted, id));
      return found.slice(0, mostOfPattern).map((model) => ({ upstream: offer.upstream, model }));
    }
    const leg = toLeg(target);
    return leg === undefined ? [] : [leg];
  }

  const own = names.flatMap(({ name, targets }) => toModels(name, unique(targets.flatMap(toLegs))));
  const taken = new Set(own.map(({ id }) => id.toLowerCase()));
  const offered = groupModels(offers).map((legs) => {
    const [first] = legs;
    if (first === undefined) throw new Error("A group of models is empty.");
    const { id } = first.model;
    const free = taken.has(id.toLowerCase()) ? legKey(first) : id;
    taken.add(free.toLowerCase());
    return toRoutedModel(free, legs);
  });
  const ownByName = new Map(own.map((model) => [model.id.toLowerCase(), model]));
  const finder = createModelFinder(offered, ({ id, legs }) => ({
    names: [id, ...legs.map(({ model }) => model.id)],
    facts: legs.map(({ model }) => model),
  }));

  const targetsOf = new Map(names.map(({ name, targets }) => [name.toLowerCase(), targets]));

  function explain(id: string): string | undefined {
    const targets = targetsOf.get(id.toLowerCase());
    if (targets !== undefined && !ownByName.has(id.toLowerCase())) {
      return `\`${shorten(id)}\` stands for ${targets.join(", ")}, and none of them is offered now.`;
    }
    const { offer, wanted } = split(offers, id);
    if (offer === undefined || wanted === "" || toLeg(id) !== undefined) return undefined;
    return `The upstream \`${offer.upstream}\` has no model \`${shorten(wanted)}\`.`;
  }

  return {
    models: [...own, ...offered],
    find(id) {
      const known = ownByName.get(id.toLowerCase()) ?? finder.byName(id);
      if (known !== undefined) return known;
      const leg = toLeg(id);
      return leg === undefined ? finder.bySpelling(id) : toRoutedModel(id, [leg]);
    },
    pass(id) {
      const [offer, ...others] = offers;
      // With several, an id that nobody lists is nobody's: a prompt goes to no upstream that it does not name.
      if (offer === undefined || others.length > 0 || explain(id) !== undefined) return undefined;
      const model = findUnlisted(offer, id);
      return model === undefined ? undefined : toRoutedModel(model.id, [{ upstream: offer.upstream, model }]);
    },
    explain,
    failure,
    unreachable,
    withoutList,
  };
}

/** The list for clients. */
export function listNow(
  { models }: Pick<Catalogue, "models">,
  answersNow: (leg: Leg) => boolean,
): readonly ListedModel[] {
  return models.map((model) => showNow(model, answersNow));
}

/** A model for clients: its facts are those of its first leg that `answersNow`. */
export function showNow(model: RoutedModel, answersNow: (leg: Leg) => boolean): ListedModel {
  const legs = model.legs.map((leg) => ({ ...leg, answersNow: answersNow(leg) }));
  const first = legs.find((leg) => leg.answersNow);
  return {
    ...(first === undefined || first === legs[0]
      ? model
      : toRoutedModel(model.id, model.legs, { facts: first, isOwnName: model.isOwnName === true })),
    legs,
    answersNow: first !== undefined,
  };
}

function toModels(name: string, legs: readonly Leg[]): readonly RoutedModel[] {
  return legs.length === 0 ? [] : [toRoutedModel(name, legs, { isOwnName: true })];
}

function createOfferFinder({ models = [] }: Offer): ModelFinder<ModelInfo> {
  return createModelFinder(models, (model) => ({ names: [model.id], facts: [model] }));
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

/**
 * A model that an upstream may have all the same: any, where its list is not known or has no model that writes, reads, hears or speaks, which is
 * what an upstream says whose back end is away; and the one that draws, where the list is the back end's, which has none.
 */
function findUnlisted({ models, owner, drawsAs }: Offer, id: string): ModelInfo | undefined {
  const isBlind = models === undefined || !models.some(({ kind }) => kind !== "image" && kind !== "other");
  const draws = drawsAs !== undefined && drawsAs.toLowerCase() === id.toLowerCase();
  const ownedBy = owner === undefined ? {} : { ownedBy: owner };
  if (draws && (isBlind || models.some(({ raw }) => raw === true)))
    return { id: drawsAs, kind: "image", ...ownedBy };
  return isBlind ? { id, kind: "chat", kindUnknown: true, ...ownedBy } : undefined;
}

function withOwner(offer: Offer): Offer {
  const { models, owner } = offer;
  if (models === undefined || owner === undefined) return offer;
  return { ...offer, models: models.map((model) => ({ ...model, ownedBy: owner })) };
}

function unique(legs: readonly Leg[]): readonly Leg[] {
  return [...new Map(legs.map((leg) => [legKey(leg), leg])).values()];
}
