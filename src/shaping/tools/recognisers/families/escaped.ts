import type { Recogniser } from "../../call-session.ts";
import { createStops } from "../../text-reader.ts";
import { blockNames } from "../markup.ts";
import type { Family } from "./family.ts";

const openings = blockNames.map((name) => `&lt;${name}&gt;`);
const closings = blockNames.map((name) => `&lt;/${name}&gt;`);
const ends = createStops(closings);
const entities: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&#34;", '"'],
  ["&apos;", "'"],
  ["&#39;", "'"],
  ["&amp;", "&"],
]);

/** What a call begins with inside the block: JSON, or tags that have its name. */
const beginnings = ["{", "[", "&lt;function=", "&lt;invoke "] as const;

/**
 * Reads a block whose tags were escaped as HTML (back ends that clean answers do so), and has what it stands for read in
 * its place. Of what is inside only a call is one: pages that show the markup have it escaped, too.
 */
const readEscapedBlock: Recogniser = function* (session) {
  const { reader } = session;
  const opening = unescape(reader.recorded().trimStart());
  const pieces = [yield* reader.space()];
  if (!(yield* reader.sees(beginnings))) return false;
  if (!(yield* reader.until(ends, (piece) => void pieces.push(piece)))) return false;
  const inside = unescape(pieces.join(""));
  const closing = unescape((yield* reader.accept(closings)) ?? "");
  if (!session.directory.names.some((name) => inside.includes(name))) return false;
  reader.replace(opening + inside + closing);
  return "nested";
};

function unescape(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp|#34|#39);/g, (entity) => entities.get(entity) ?? entity);
}

/** Hermes' tags, escaped as HTML. */
export const escapedTags: Family = { openings, place: "line", recognise: readEscapedBlock };
