import type { LegObject, ModelObject, SupportObject } from "../api/types.ts";

/** What a model costs: a price, nothing, nothing but electricity, or nobody has said. */
export type Cost =
  | { readonly kind: "price"; readonly input: string | undefined; readonly output: string | undefined }
  | { readonly kind: "free" | "own" | "unknown" };

/** Servers that people run themselves. */
const ownServers: ReadonlySet<string> = new Set([
  "vllm",
  "sglang",
  "llama.cpp",
  "ollama",
  "lm-studio",
  "tgi",
]);

/** Rule: the first price of those that may answer; else free where one of them is, or own where one runs at home. */
export function costOf({ upstreams }: ModelObject, typeOf: (upstream: string) => string | undefined): Cost {
  const priced = upstreams.find(
    ({ pricing }) => Number(pricing?.prompt ?? 0) + Number(pricing?.completion ?? 0) > 0,
  );
  if (priced !== undefined)
    return { kind: "price", input: priced.pricing?.prompt, output: priced.pricing?.completion };
  const types = upstreams.map(({ name }) => typeOf(name));
  if (types.includes("akash-chat") || upstreams.some(({ pricing }) => pricing !== null))
    return { kind: "free" };
  return { kind: types.some((type) => type !== undefined && ownServers.has(type)) ? "own" : "unknown" };
}

/** What the upstreams of a model have for it, in order; alike ones side by side stand once. */
export function listSupport(
  legs: readonly LegObject[],
  pick: (leg: LegObject) => SupportObject,
): readonly SupportObject[] {
  const all = legs.map(pick);
  const distinct = all.filter((support, index) => support !== all[index - 1]);
  return distinct.every((support) => support === "none") ? [] : distinct;
}
