import type { Config } from "../config.ts";
import type { ModelInfo } from "../model/model-info.ts";
import { findModel } from "./find-model.ts";

/**
 * The models that exact aliases lead to, under the names of the aliases. Left out are patterns, which are no names;
 * names that a model of the list has itself; and aliases of what is not offered now.
 */
export function listAliases(models: readonly ModelInfo[], aliases: Config["MODEL_ALIASES"]): ModelInfo[] {
  const taken = new Set(models.map(({ id }) => id.toLowerCase()));
  return aliases.flatMap(({ from, to }) => {
    const model = findModel(models, to);
    if (from.includes("*") || model === undefined || taken.has(from.toLowerCase())) return [];
    taken.add(from.toLowerCase());
    const { name: _name, backEndId: _backEndId, raw: _raw, ...known } = model;
    return [{ ...known, id: from, aliasOf: model.id }];
  });
}
