import type { ModelInfo } from "../../model/model-info.ts";
import { imageModelId, type ModelList } from "./decode-models.ts";

/**
 * What the lists so far tell. `list` is what is offered. A list that the upstream made up never takes the place of a
 * good one: it is kept `beside` it, because it tells under which ids the upstream can be asked meanwhile.
 */
export type KnownModels =
  | { readonly state: "nothing" }
  | { readonly state: "good"; readonly list: ModelList }
  /** There never was a good list: an instance without a database looks so for ever. */
  | { readonly state: "tentative"; readonly list: ModelList }
  | { readonly state: "in-doubt"; readonly list: ModelList; readonly beside: ModelList };

/** What is known after one more list. */
export function learn(known: KnownModels, list: ModelList): KnownModels {
  if (list.quality === "good") return { state: "good", list };
  switch (known.state) {
    case "nothing":
      return { state: "tentative", list };
    case "tentative":
      // One without chat models tells nothing new of them.
      return list.quality === "no-chat" ? known : { state: "tentative", list };
    default:
      return { state: "in-doubt", list: known.list, beside: list };
  }
}

/** The models to offer; `undefined`: no list was ever had. */
export function offeredModels(known: KnownModels): readonly ModelInfo[] | undefined {
  return known.state === "nothing" ? undefined : known.list.models;
}

/** The model of exactly this id among the offered. */
export function findKnown(known: KnownModels, id: string): ModelInfo | undefined {
  return offeredModels(known)?.find((model) => model.id === id);
}

/**
 * Whether a model that the upstream refuses is one of its models all the same: it is offered, or it is the image model,
 * of which a list of the back end's ids says nothing.
 */
export function isOwn(known: KnownModels, id: string): boolean {
  if (findKnown(known, id) !== undefined) return true;
  return id === imageModelId && known.state === "tentative" && known.list.quality === "raw";
}

/** The ids under which the upstream may take a model. */
export interface WireIds {
  readonly likely: string;
  readonly other: string | undefined;
}

/** A model's ids: its own and what the back end calls it, which alone is taken while the upstream's database is away. */
export function wireIds(known: KnownModels, id: string): WireIds {
  const other = findKnown(known, id)?.backEndId;
  const raw = known.state === "in-doubt" && known.beside.quality === "raw" ? known.beside.models : [];
  return other !== undefined && raw.some((model) => model.id === other)
    ? { likely: other, other: id }
    : { likely: id, other };
}
