import { countEdits } from "../suggest/count-edits.ts";

/** The names that a name may refer to. */
export interface KnownNames {
  readonly upstreams: readonly string[];
  /** Names of `models`. */
  readonly own: readonly string[];
  readonly aliases: readonly string[];
}

/** Names are the same whatever their case. */
export function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function isIn(names: readonly string[], text: string): boolean {
  return names.some((other) => isSameName(other, text));
}

/**
 * What is wrong with what an alias stands for, in whole sentences. A `doubt` can be right: any server may have a model of
 * any name.
 */
export function judgeModelName(
  name: string,
  { upstreams, own, aliases }: KnownNames,
): { readonly problem: string } | { readonly doubt: string } | undefined {
  if (isIn(own, name)) return undefined;
  const slash = name.indexOf("/");
  if (slash !== -1 && isIn(upstreams, name.slice(0, slash))) return undefined;
  if (isIn(upstreams, name))
    return { problem: `\`${name}\` is an upstream. Write ${name}/* or ${name}/ and a model.` };
  if (isIn(aliases, name)) return { problem: `\`${name}\` is an alias itself. Write what it stands for.` };
  // Ids of models look much alike, so only a slip of one key is taken for one.
  const meant = own.find((other) => countEdits(other.toLowerCase(), name.toLowerCase()) === 1);
  if (meant === undefined) return undefined;
  const text = `\`${name}\` is neither a name of \`models\` nor upstream/model, so it is taken for a model's id.`;
  return { doubt: `${text} Did you mean \`${meant}\`?` };
}
