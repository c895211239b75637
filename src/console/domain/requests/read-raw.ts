import type { PartObject, TurnObject } from "./trace-types.ts";

/** A stretch of what a model wrote, with what became of it. */
export interface RawPiece {
  readonly as: PartObject["as"];
  readonly text: string;
  /** Index of the block of the turn that it became. */
  readonly block: number | undefined;
  /** What the client got differs from it: where, as far as one place can be found; offsets in `text`. */
  readonly mended:
    | { readonly from: number; readonly to: number; readonly by: string }
    | "somewhere"
    | undefined;
  /** When it came, ms since the beginning of the request. */
  readonly fromMs: number;
  readonly toMs: number;
}

type Arrived = readonly (readonly [units: number, ms: number])[];

/** When the text had grown to `units`; between two arrivals as if it had come evenly. */
export function timeAt(arrived: Arrived, units: number, firstMs: number): number {
  let [before, beforeMs] = [0, firstMs];
  for (const [there, ms] of arrived) {
    if (there >= units) {
      const share = there === before ? 1 : (units - before) / (there - before);
      return beforeMs + (ms - beforeMs) * share;
    }
    [before, beforeMs] = [there, ms];
  }
  return beforeMs;
}

/** A tag by itself. */
const tag = /^<\/?[\w:|-]{1,30}>$/;

/** What a model wrote in a turn, in its order. Tags around thinking are shown with it, though nothing became of them. */
export function readRaw(turn: TurnObject): readonly RawPiece[] {
  const firstMs = turn.first_ms ?? turn.began_ms;
  const pieces = turn.parts.map((part): RawPiece => {
    const segment = turn.raw[part.segment];
    const text = segment?.text.slice(part.from, part.to) ?? "";
    const arrived = segment?.arrived ?? [];
    const start = arrived[0]?.[1] ?? firstMs;
    return {
      as: part.as,
      text,
      block: part.block,
      mended: part.mended === true ? findMended(text, turn.blocks[part.block ?? -1]?.arguments) : undefined,
      fromMs: part.from === 0 ? start : timeAt(arrived, part.from, start),
      toMs: timeAt(arrived, part.to, start),
    };
  });
  const joined: RawPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const opens = last?.as === "dropped" && tag.test(last.text.trim()) && piece.as === "thinking";
    const closes = last?.as === "thinking" && piece.as === "dropped" && tag.test(piece.text.trim());
    if (last === undefined || !(opens || closes)) joined.push(piece);
    else
      joined[joined.length - 1] = {
        ...(opens ? piece : last),
        text: last.text + piece.text,
        fromMs: last.fromMs,
        toMs: piece.toMs,
      };
  }
  return joined;
}

/** The longest search for one place. */
const longestCall = 20_000;

/** The one place in a call's text that its arguments don't have, white space aside. */
function findMended(text: string, given: string | undefined): Exclude<RawPiece["mended"], undefined> {
  if (given === undefined || text.length > longestCall) return "somewhere";
  const places: number[] = [];
  let dense = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (/\s/.test(character)) continue;
    places.push(index);
    dense += character;
  }
  const wanted = given.replaceAll(/\s/g, "");
  const head = longest(wanted.length, (length) => dense.includes(wanted.slice(0, length)));
  const begin = dense.indexOf(wanted.slice(0, head)) + head;
  const rest = dense.slice(begin);
  const tail = longest(wanted.length - head, (length) => rest.includes(wanted.slice(wanted.length - length)));
  const end = begin + rest.indexOf(wanted.slice(wanted.length - tail));
  // Less than half of the arguments: they stand there in another form.
  if (head + tail < wanted.length / 2 || tail === 0 || end - begin > 200) return "somewhere";
  const by = wanted.slice(head, wanted.length - tail);
  const from = places[begin] ?? text.length;
  return { from, to: Math.max(end > begin ? (places[end - 1] ?? from) + 1 : from, from), by };
}

/** The largest length that fits, where all shorter ones do. */
function longest(most: number, fits: (length: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
