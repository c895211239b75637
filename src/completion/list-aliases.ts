import type { ModelAlias } from "../model/model-alias.ts";
import type { ListedModel } from "../model/leg.ts";

/**
 * The models that exact aliases lead to, under the names of the aliases; `find` has the model behind an id. Left out are
 * patterns, which are no names; names that a model of the list has itself; and aliases of what is not offered now.
 */
export function listAliases(
  models: readonly ListedModel[],
  aliases: readonly ModelAlias[],
  find: (id: string) => { readonly id: string } | undefined,
): ListedModel[] {
  const byId = new Map(models.map((model) => [model.id, model]));
  const taken = new Set(models.map(({ id }) => id.toLowerCase()));
  return aliases.flatMap(({ from, to }) => {
    const model = byId.get(find(to)?.id ?? "");
    if (from.includes("*") || model === undefined || taken.has(from.toLowerCase())) return [];
    taken.add(from.toLowerCase());
    const { name: _name, backEndId: _backEndId, raw: _raw, ...known } = model;
    return [{ ...known, id: from, aliasOf: model.id }];
  });
}
