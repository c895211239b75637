import { z } from "zod";

import type { ModelInfo } from "../../model/model-info.ts";

/**
 * How far a list can be trusted. All but `good` are what the app makes up while a part of it is away:
 * - `raw`: the back end's own ids, because there is no database or it is away; the usual ids are refused then,
 * - `no-chat`: the image model alone, because the back end listed nothing,
 * - `guess`: what the app knows without its back end, which failed: models that need not answer now.
 */
export type ListQuality = "good" | "raw" | "no-chat" | "guess";

/** A list of models, never empty, and how far it can be trusted. */
export interface ModelList {
  readonly models: readonly ModelInfo[];
  readonly quality: ListQuality;
}

const text = z
  .string()
  .transform((value) => (value === "" ? undefined : value))
  .optional()
  .catch(undefined);
/** The database behind newer instances gives decimals as strings, `"0.60"`. */
const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(?:\.\d+)?$/)
      .transform(Number),
  ])
  .optional()
  .catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const entrySchema = z.object({
  id: text,
  model_id: text,
  api_id: text,
  name: text,
  description: text,
  owned_by: text,
  available: flag,
  is_chat_available: flag,
  user_has_access: flag,
  temperature: number,
  top_p: number,
  topP: number,
  tokenLimit: number,
  token_limit: number,
});

const listSchema = z.union([
  z.array(z.unknown()),
  z.object({ models: z.array(z.unknown()) }).transform(({ models }) => models),
  z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data),
]);

/** Tokens of a model's context that are kept free for the answer: from the newest message back, what reaches into them is left out. */
const keptForAnswer = 1000;

function toPromptLimit(contextLength: number): NonNullable<ModelInfo["promptLimit"]> {
  return { tokens: Math.max(0, contextLength - keptForAnswer), encoding: "cl100k_base" };
}

/** The id of the upstream's image model. */
export const imageModelId = "AkashGen";

/**
 * Reads a list of models in any of its shapes (bare or wrapped, either key style, numbers or numeric strings).
 * Entries without an id are skipped, as are models that are switched off or not for everybody.
 * `undefined`: it is no list, or an empty one, which the upstream sends when its back end is down.
 */
export function decodeModels(value: unknown): ModelList | undefined {
  const list = listSchema.safeParse(value).data;
  if (list === undefined) return undefined;
  const entries = list.flatMap((item) => entrySchema.safeParse(item).data ?? []);
  const models = entries.flatMap((entry) => toModelInfo(entry) ?? []);
  if (models.length === 0) return undefined;
  const quality = judge(entries, models);
  const unique = [...new Map(models.map((model) => [model.id, model])).values()];
  return {
    models: quality === "raw" ? unique.map((model): ModelInfo => ({ ...model, raw: true })) : unique,
    quality,
  };
}

type Entry = z.output<typeof entrySchema>;

function judge(entries: readonly Entry[], models: readonly ModelInfo[]): ListQuality {
  if (models.every(({ kind }) => kind === "image")) return "no-chat";
  const raw = entries.every(
    ({ id, model_id, api_id }) => id !== undefined && id === model_id && id === api_id,
  );
  // With a database the image model is always there.
  if (raw && models.every(({ kind }) => kind === "chat")) return "raw";
  return entries.every(({ available }) => available === undefined) ? "guess" : "good";
}

function toModelInfo(entry: Entry): ModelInfo | undefined {
  // In the full list `id` is a database key; the name that chat takes is `model_id`.
  const id = entry.model_id ?? entry.id;
  if (id === undefined) return undefined;
  if (entry.available === false || entry.is_chat_available === false || entry.user_has_access === false) {
    return undefined;
  }
  const contextLength = entry.token_limit ?? entry.tokenLimit;
  const topP = entry.top_p ?? entry.topP;
  return {
    id,
    kind: id.toLowerCase() === imageModelId.toLowerCase() ? "image" : "chat",
    ...(entry.api_id === undefined || entry.api_id === id ? {} : { backEndId: entry.api_id }),
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(entry.description === undefined ? {} : { description: entry.description }),
    ...(entry.owned_by === undefined ? {} : { ownedBy: entry.owned_by }),
    ...(contextLength === undefined || contextLength <= 0
      ? {}
      : { contextLength, promptLimit: toPromptLimit(contextLength) }),
    ...(entry.temperature === undefined ? {} : { temperature: entry.temperature }),
    ...(topP === undefined ? {} : { topP }),
  };
}
