import type { Capabilities, Support } from "../model/capabilities.ts";
import { matchGlob } from "../model/match-glob.ts";
import type { Price } from "../model/model-info.ts";
import type { ModelOptions, UpstreamModels } from "./model-options.ts";

/** What the operator says of one model. What is left to find out is left out. */
export interface ToldByOperator {
  readonly capabilities: Partial<Capabilities>;
  readonly contextLength?: number;
  readonly maxOutputTokens?: number;
  readonly price?: Price;
}

/** Finds what the operator says of a model. */
export function readOptions({ all, overrides }: UpstreamModels, id: string): ToldByOperator {
  const own = overrides.find(({ match }) => matchGlob(match, id))?.options;
  const options: ModelOptions = { ...all, ...own };
  const { contextLength, maxOutputLength, price } = options;
  const capabilities: { -readonly [Name in keyof Capabilities]?: Support } = {};
  for (const name of [
    "tools",
    "parallelToolCalls",
    "jsonSchema",
    "jsonObject",
    "reasoning",
    "stop",
  ] as const) {
    const mode = options[name];
    if (mode !== undefined && mode !== "auto") capabilities[name] = mode;
  }
  const { images } = options;
  if (images !== undefined && images !== "auto")
    capabilities.images = images === "native" ? "native" : "emulated";
  return {
    capabilities,
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(maxOutputLength === undefined ? {} : { maxOutputTokens: maxOutputLength }),
    ...(price === undefined
      ? {}
      : { price: { inputPerMillion: price.input, outputPerMillion: price.output } }),
  };
}

/** The models of a list that are used, and those that the operator names beside it. */
export function selectIds(
  listed: readonly string[],
  include: readonly string[] | undefined,
): readonly string[] {
  if (include === undefined) return listed;
  const known = listed.filter((id) => include.some((pattern) => matchGlob(pattern, id)));
  const lower = new Set(known.map((id) => id.toLowerCase()));
  return [...known, ...include.filter((id) => !id.includes("*") && !lower.has(id.toLowerCase()))];
}
