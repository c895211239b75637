import { thinkingTags } from "../shaping/thinking-tags.ts";
import type { RawSegment, TracedBlock, TracedPart } from "./trace.ts";

/** A place in the raw text. */
interface Place {
  readonly segment: number;
  readonly at: number;
}

type Placed = Omit<TracedPart, "as" | "mended"> & { readonly as: "text" | "thinking" };

/**
 * Says which stretches of what a model said became which blocks of the answer. Text and thinking are looked for in their order, whole or line by
 * line; a call is what stands between them, or the native segment of its turn; what is left, but for white space, was dropped.
 */
export function alignParts(raw: readonly RawSegment[], blocks: readonly TracedBlock[]): TracedPart[] {
  const parts: TracedPart[] = [];
  const calls = blocks.flatMap((block, index) => (block.kind === "tool_call" ? [{ ...block, index }] : []));
  const natives = raw.flatMap((segment, index) =>
    segment.kind === "tool_call" ? [{ ...segment, index }] : [],
  );
  const taken = new Set<number>();
  for (const native of natives) {
    const call =
      calls.find(
        ({ index, name, arguments: given }) =>
          !taken.has(index) && name === native.name && isSame(native.text, given),
      ) ?? calls.find(({ index, name }) => !taken.has(index) && name === native.name);
    const stretch = { segment: native.index, from: 0, to: native.text.length };
    if (call === undefined) {
      parts.push({ ...stretch, as: "dropped" });
      continue;
    }
    taken.add(call.index);
    parts.push({
      ...stretch,
      as: "tool_call",
      block: call.index,
      ...(native.text.trim() === call.arguments.trim() ? {} : { mended: true as const }),
    });
  }
  const written = calls.filter(({ index }) => !taken.has(index));
  const placed = placeTexts(raw, blocks, (index) => !taken.has(index));
  parts.push(...placed);
  for (const gap of gapsBetween(raw, placed)) parts.push(...fillGap(gap, written));
  return parts.sort((one, other) => one.segment - other.segment || one.from - other.from);
}

/** Of so many lines that are not found the beginning is looked for. */
const mostTries = 100;

/** Finds the text and thinking blocks; `isWritten`: the call of that index stands in the text. */
function placeTexts(
  raw: readonly RawSegment[],
  blocks: readonly TracedBlock[],
  isWritten: (index: number) => boolean,
): Placed[] {
  const placed: Placed[] = [];
  let place: Place = { segment: 0, at: 0 };
  /** Behind the names of the calls since then. */
  let behind = place;
  let tries = 0;

  /** Where a piece stands; or its beginning, if thinking begins or ends behind it: two thoughts may have become one line, without the tags between them. */
  function findPiece(piece: string): (Place & { readonly length: number }) | undefined {
    const whole = findFrom(raw, place, piece);
    if (whole !== undefined) return { ...whole, length: piece.length };
    if (tries >= mostTries) return undefined;
    tries += 1;
    let [length, tooLong] = [0, piece.length];
    while (tooLong - length > 1) {
      const between = (length + tooLong) >> 1;
      if (findFrom(raw, place, piece.slice(0, between)) === undefined) tooLong = between;
      else length = between;
    }
    const found = length === 0 ? undefined : findFrom(raw, place, piece.slice(0, length));
    const next =
      raw[found?.segment ?? 0]?.text
        .slice((found?.at ?? 0) + length)
        .trimStart()
        .slice(0, longestTag)
        .toLowerCase() ?? "";
    return found !== undefined && tags.some((tag) => next.startsWith(tag)) ? { ...found, length } : undefined;
  }

  for (const [block, one] of blocks.entries()) {
    if (one.kind === "tool_call") {
      const name = isWritten(block) ? findFrom(raw, behind, one.name) : undefined;
      if (name !== undefined) behind = { ...name, at: name.at + one.name.length };
      continue;
    }
    const { kind, text } = one;
    // A name may only be found in this very text, where the markup has it otherwise.
    if (findFrom(raw, behind, text.trim()) !== undefined) place = behind;
    const pieces = piecesOf(text, raw, place);
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      const found = findPiece(piece);
      if (found === undefined) continue;
      const { segment, at, length } = found;
      placed.push({ segment, from: at, to: at + length, as: kind, block });
      place = { segment, at: at + length };
      const rest = piece.slice(length).trim();
      if (rest !== "") pieces.unshift(rest);
    }
    behind = place;
  }
  return joinNeighbours(placed, raw);
}

/** A text whole, if it is found so; else its lines. */
function piecesOf(text: string, raw: readonly RawSegment[], place: Place): string[] {
  const whole = text.trim();
  if (whole === "") return [];
  if (findFrom(raw, place, whole) !== undefined) return [whole];
  return whole
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function findFrom(raw: readonly RawSegment[], { segment, at }: Place, text: string): Place | undefined {
  for (let index = segment; index < raw.length; index += 1) {
    const { kind, text: said } = raw[index] ?? { kind: "text", text: "" };
    if (kind === "tool_call") continue;
    const found = said.indexOf(text, index === segment ? at : 0);
    if (found >= 0) return { segment: index, at: found };
  }
  return undefined;
}

/** Stretches of one block with nothing but white space between them are one. */
function joinNeighbours(placed: readonly Placed[], raw: readonly RawSegment[]): Placed[] {
  const joined: Placed[] = [];
  for (const part of placed) {
    const last = joined.at(-1);
    const between = raw[part.segment]?.text.slice(last?.to, part.from) ?? "";
    if (last?.segment === part.segment && last.block === part.block && between.trim() === "") {
      joined[joined.length - 1] = { ...last, to: part.to };
    } else joined.push(part);
  }
  return joined;
}

/** A stretch of text that became neither text nor thinking; `before` and `after`: the blocks around it. */
interface Gap {
  readonly segment: number;
  readonly from: number;
  readonly text: string;
  readonly before: number;
  readonly after: number;
}

function gapsBetween(raw: readonly RawSegment[], placed: readonly Placed[]): Gap[] {
  const gaps: Gap[] = [];
  let before = -1;
  for (const [segment, { kind, text }] of raw.entries()) {
    if (kind === "tool_call") continue;
    const here = placed.filter((part) => part.segment === segment);
    let from = 0;
    for (const part of [...here, undefined]) {
      const to = part?.from ?? text.length;
      const next = part?.block ?? placed.find((other) => other.segment > segment)?.block ?? Infinity;
      const stretch = text.slice(from, to);
      const blank = stretch.length - stretch.trimStart().length;
      if (stretch.trim() !== "")
        gaps.push({ segment, from: from + blank, text: stretch.trim(), before, after: next });
      before = part?.block ?? before;
      from = part?.to ?? to;
    }
  }
  return gaps;
}

type WrittenCall = TracedBlock & { readonly kind: "tool_call"; readonly index: number };

/** Gives a gap to the calls that stand between the blocks around it: each from its name's markup to that of the next. */
function fillGap({ segment, from, text, before, after }: Gap, calls: readonly WrittenCall[]): TracedPart[] {
  const within = calls.filter(({ index }) => index > before && index < after);
  const found: { readonly call: WrittenCall; readonly at: number }[] = [];
  let seen = 0;
  for (const call of within) {
    const at = findName(text, call.name, seen);
    if (at < 0) continue;
    found.push({ call, at });
    seen = at + call.name.length;
  }
  const dropped = (start: number, end: number): TracedPart[] => {
    const stretch = text.slice(start, end);
    const begin = start + stretch.length - stretch.trimStart().length;
    const to = from + start + stretch.trimEnd().length;
    return stretch.trim() === "" ? [] : [{ segment, from: from + begin, to, as: "dropped" }];
  };
  if (found.length === 0) return dropped(0, text.length);
  return found.flatMap(({ call, at }, index) => {
    const start = index === 0 ? 0 : beginOf(text, at, found[index - 1]?.at ?? 0);
    const next = found[index + 1];
    const end = next === undefined ? text.length : beginOf(text, next.at, at);
    const stretch = withoutThinkingTags(
      text,
      { begin: start, end },
      { begin: at, end: at + call.name.length },
    );
    const isWhole = holdsArguments(text.slice(stretch.begin, stretch.end), call.arguments);
    return [
      ...dropped(start, stretch.begin),
      {
        segment,
        from: from + stretch.begin,
        to: from + stretch.end,
        as: "tool_call" as const,
        block: call.index,
        ...(isWhole ? {} : { mended: true as const }),
      },
      ...dropped(stretch.end, end),
    ];
  });
}

/** What opens and ends thinking, in small letters. */
const tags = thinkingTags.flatMap(({ open, close }) => [open, ...close]).map((tag) => tag.toLowerCase());
const longestTag = Math.max(...tags.map(({ length }) => length));

interface Stretch {
  readonly begin: number;
  readonly end: number;
}

/** A stretch without the tags of the thinking before and behind it, and without blanks there; `core`, which is within it, stays. */
function withoutThinkingTags(text: string, stretch: Stretch, core: Stretch): Stretch {
  let { begin, end } = withoutBlanks(text, stretch, core);
  for (;;) {
    // A window each time: there may be as many tags as the text is long.
    const head = text.slice(begin, begin + longestTag).toLowerCase();
    const tail = text.slice(Math.max(begin, end - longestTag), end).toLowerCase();
    const first = tags.find((tag) => head.startsWith(tag) && begin + tag.length <= core.begin);
    const last = tags.find((tag) => tail.endsWith(tag) && end - tag.length >= core.end);
    if (first === undefined && last === undefined) return { begin, end };
    const inner = { begin: begin + (first?.length ?? 0), end: end - (last?.length ?? 0) };
    ({ begin, end } = withoutBlanks(text, inner, core));
  }
}

function withoutBlanks(text: string, { begin, end }: Stretch, core: Stretch): Stretch {
  let [first, last] = [begin, end];
  while (first < core.begin && text.charAt(first).trim() === "") first += 1;
  while (last > core.end && text.charAt(last - 1).trim() === "") last -= 1;
  return { begin: first, end: last };
}

/** Where a name stands as a word of its own. */
function findName(text: string, name: string, from: number): number {
  for (let at = text.indexOf(name, from); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text.charAt(at - 1)} ${text.charAt(at + name.length)}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return at;
  }
  return text.indexOf(name, from);
}

/** Where the markup of a call begins whose name stands at `at`: with its line, or in the line of the call before it with the last tag that opens. */
function beginOf(text: string, at: number, previous: number): number {
  const line = text.lastIndexOf("\n", at) + 1;
  if (line > previous) return line;
  // Step by step backwards: a pattern would begin anew at each character of long arguments.
  for (let tag = text.lastIndexOf("<", at); tag > previous; tag = text.lastIndexOf("<", tag - 1)) {
    if (text.charAt(tag + 1) !== "/") return tag;
  }
  return at;
}

/** Whether arguments stand in a text as they were given, whatever the form: each of their values does. */
function holdsArguments(text: string, given: string): boolean {
  if (text.includes(given)) return true;
  try {
    return leavesOf(JSON.parse(given)).every(
      (leaf) => text.includes(leaf) || text.includes(JSON.stringify(leaf).slice(1, -1)),
    );
  } catch {
    // What was cut is no JSON.
    return false;
  }
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return [String(value)];
}

function isSame(one: string, other: string): boolean {
  return one.replaceAll(/\s/g, "") === other.replaceAll(/\s/g, "");
}
