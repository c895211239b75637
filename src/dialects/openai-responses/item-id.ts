/**
 * Item ids name the response that they belong to, so that an `item_reference` can be followed without an
 * index: `msg_<the response id's own part>o3` is item 3 of the output, `…i0` item 0 of the input.
 */

/** Where an item stands. */
export interface ItemPlace {
  readonly responseId: string;
  readonly list: "input" | "output";
}

/** Prefixes of item ids. */
export type ItemPrefix = "msg_" | "rs_" | "fc_" | "ctc_" | "lsh_" | "sh_" | "apc_" | "cmp_" | "item_";

/** The id of the item at `index` of a response's input or output. */
export function toItemId(
  prefix: ItemPrefix,
  responseId: string,
  list: ItemPlace["list"],
  index: number,
): string {
  return `${prefix}${responseId.replace(/^resp_/, "")}${list === "output" ? "o" : "i"}${index}`;
}

/** The place that an item id names, or undefined for an id that is not ours. */
export function parseItemId(id: string): ItemPlace | undefined {
  const match = /^[a-z]+_(.+)([io])\d+$/.exec(id);
  if (match?.[1] === undefined) return undefined;
  return { responseId: `resp_${match[1]}`, list: match[2] === "o" ? "output" : "input" };
}
