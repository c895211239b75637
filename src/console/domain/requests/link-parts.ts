import type { BlockObject, TurnObject } from "./trace-types.ts";
import type { AnswerPart } from "./read-answer.ts";

/** A block of a turn, by its place. */
export interface BlockPlace {
  readonly turn: number;
  readonly block: number;
}

const dense = (text: string) => text.replaceAll(/\s/g, "");

/** How well a block is a part of the answer: 2 the same, 1 perhaps, 0 not. */
function likeness(part: AnswerPart, block: BlockObject): number {
  if (block.kind !== part.kind) return 0;
  if (block.kind === "tool_call") {
    if (block.name !== part.name) return 0;
    return dense(block.arguments ?? "") === dense(part.text) ? 2 : 1;
  }
  const [one, other] = [(block.text ?? "").trim(), part.text.trim()];
  if (one === other) return 2;
  return one !== "" && other !== "" && (one.includes(other) || other.includes(one)) ? 1 : 0;
}

/** For each part of the answer the block that it was; `undefined`: none is found. Each block is one part's, and what was kept comes before what was not. */
export function linkParts(
  parts: readonly AnswerPart[],
  turns: readonly TurnObject[],
): readonly (BlockPlace | undefined)[] {
  const taken = new Set<string>();
  const places = turns
    .flatMap(({ blocks, outcome }, turn) =>
      blocks.map((block, index) => ({ place: { turn, block: index }, block, isKept: outcome === "kept" })),
    )
    .sort((one, other) => Number(other.isKept) - Number(one.isKept));
  const links = parts.map((): BlockPlace | undefined => undefined);
  for (const wanted of [2, 1]) {
    for (const [index, part] of parts.entries()) {
      if (links[index] !== undefined) continue;
      const found = places.find(
        ({ place, block }) => !taken.has(`${place.turn} ${place.block}`) && likeness(part, block) >= wanted,
      )?.place;
      if (found === undefined) continue;
      links[index] = found;
      taken.add(`${found.turn} ${found.block}`);
    }
  }
  return links;
}
