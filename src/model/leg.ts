import type { ModelInfo } from "./model-info.ts";

/** One way to answer a request: a model at an upstream. */
export interface Leg {
  /** The upstream's name, unique among all. */
  readonly upstream: string;
  /** `id` is what goes on the wire there. */
  readonly model: ModelInfo;
}

/** What a leg is called by. */
export interface LegName {
  readonly upstream: string;
  readonly model: Pick<ModelInfo, "id">;
}

/** The same for the same model at the same upstream, and for no other. For maps and the log: `web/DeepSeek-V3.2`. */
export function legKey({ upstream, model }: LegName): string {
  return `${upstream}/${model.id}`;
}

/** A model as clients ask for it, with all that answer for it. Its facts are those of the first leg, but for its sizes. */
export interface RoutedModel extends ModelInfo {
  /** What clients ask for: the first leg's id, or a name of the operator's own. */
  readonly id: string;
  /** In the order in which they are asked. Never empty. */
  readonly legs: readonly Leg[];
  /** `id` is a name of the operator's own: no leg's name or description is its own. */
  readonly isOwnName?: true;
  /** Of the leg that takes the longest prompts. */
  readonly contextLength?: number;
  readonly promptLimit?: NonNullable<ModelInfo["promptLimit"]>;
  /** The smallest: whoever answers can do so much. */
  readonly maxOutputTokens?: number;
}

/** A model of the list that clients see. Its facts are those of the first leg that answers now. */
export interface ListedModel extends RoutedModel {
  /** Whether any leg does. */
  readonly answersNow: boolean;
  readonly legs: readonly ListedLeg[];
}

/** `answersNow`: nothing is known that keeps it from answering. */
export interface ListedLeg extends Leg {
  readonly answersNow: boolean;
}

/** How long a model's prompts and answers may be. */
export type ModelWindow = Pick<ModelInfo, "contextLength" | "promptLimit">;

/** Tokens that a prompt may have where `reserve` are kept for the answer; `undefined`: nobody knows. */
export function roomForPrompt({ contextLength, promptLimit }: ModelWindow, reserve = 0): number | undefined {
  const rooms = [
    ...(contextLength === undefined ? [] : [contextLength - reserve]),
    ...(promptLimit === undefined ? [] : [promptLimit.tokens]),
  ];
  return rooms.length === 0 ? undefined : Math.max(0, Math.min(...rooms));
}

/** The model that legs are, under one id. Throws `Error` without legs. */
export function toRoutedModel(
  id: string,
  legs: readonly Leg[],
  {
    facts = legs[0],
    isOwnName = false,
  }: { readonly facts?: Leg | undefined; readonly isOwnName?: boolean } = {},
): RoutedModel {
  if (facts === undefined) throw new Error(`Nobody answers for ${id}.`);
  const { contextLength: _context, promptLimit: _prompt, maxOutputTokens: _output, ...known } = facts.model;
  const widest = legs
    .map(({ model }) => model)
    .reduce((best, model) => ((roomForPrompt(model) ?? 0) > (roomForPrompt(best) ?? 0) ? model : best));
  const outputs = legs.flatMap(({ model }) => model.maxOutputTokens ?? []);
  const { name: _name, description: _description, ...ownFacts } = known;
  return {
    ...(isOwnName ? { ...ownFacts, isOwnName } : known),
    id,
    legs,
    ...(widest.contextLength === undefined ? {} : { contextLength: widest.contextLength }),
    ...(widest.promptLimit === undefined ? {} : { promptLimit: widest.promptLimit }),
    ...(outputs.length === 0 ? {} : { maxOutputTokens: Math.min(...outputs) }),
  };
}
