import type { AliasObject, StatusObject } from "../api/types.ts";

/** Where a name leads to: `model` is the id of a model; `undefined`: a request for it is answered 404. */
export interface NameTarget {
  readonly pattern: string;
  readonly model: string | undefined;
}

const lower = (text: string): string => text.toLowerCase();

function fits({ name }: AliasObject, asked: string): boolean {
  if (!name.includes("*")) return lower(name) === lower(asked);
  const parts = lower(name)
    .split("*")
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(lower(asked));
}

/** The model behind a name. Rule (docs/api.md, "Model names"): an alias of exactly that name, the id of a model, the first alias whose pattern fits. */
export function findTarget(
  asked: string,
  { aliases, models }: Pick<StatusObject, "aliases" | "models">,
): string | undefined {
  const fitting = aliases.filter((alias) => fits(alias, asked));
  const exact = fitting.find(({ name }) => !name.includes("*"));
  if (exact !== undefined) return exact.model ?? undefined;
  const same = models.find(({ id }) => lower(id) === lower(asked));
  return same?.alias_of ?? same?.id ?? fitting[0]?.model ?? undefined;
}

/** A setting that has the aliases there are, and new ones for what leads nowhere. What an old one leads to, and nothing is there, goes. */
export function writeAliases(
  aliases: readonly AliasObject[],
  missing: readonly string[],
  model: string,
): string {
  const known = aliases.flatMap(({ name, model: to }) => (to === null ? [] : [`${name}=${to}`]));
  return [...missing.map((pattern) => `${pattern}=${model}`), ...known].join(",");
}
