import type { CallSession, Recogniser } from "../call-session.ts";
import { createMarks, type Marks } from "../marks.ts";
import type { Reading } from "../text-reader.ts";
import { readTaggedBareCalls } from "./bare-calls.ts";
import {
  readCallBlock,
  readCallBlockWithAttributes,
  readJsonBlock,
  readLooseCallBlock,
  readLooseCallBlockWithAttributes,
} from "./call-block.ts";
import { families } from "./families/index.ts";
import { harmonyOpenings } from "./harmony.ts";
import { layoutMarks, readInventedResult, readLayout } from "./layout.ts";
import {
  blockOpenings,
  blockOpeningsWithAttributes,
  jsonBlockOpenings,
  looseBlockOpenings,
  looseBlockOpeningsWithAttributes,
  resultOpenings,
  tokenBlockOpenings,
} from "./markup.ts";
import { readToolTag } from "./named-parts.ts";
import { readStrippedHeader, strippedHeaders } from "./stripped-harmony.ts";
import { invokeOpenings, readFunctionEquals, readInvoke } from "./tagged-function.ts";
import {
  readSeparatedCall,
  readTokenCall,
  readTokenSection,
  sectionOpenings,
  separatedOpenings,
  tokenCallOpenings,
} from "./token-call.ts";
import { edgeOpenings } from "./turn-edges.ts";

const openings: ReadonlyMap<string, Recogniser> = new Map<string, Recogniser>([
  ...pairs(blockOpenings, readCallBlock),
  ...pairs(blockOpeningsWithAttributes, readCallBlockWithAttributes),
  ...pairs(invokeOpenings, readInvoke),
  ...pairs(["<function=", "<function(", "<function/"], readFunctionEquals),
  ...pairs(tokenBlockOpenings, readCallBlock),
  ...pairs(looseBlockOpenings, readLooseCallBlock),
  ...pairs(jsonBlockOpenings, readJsonBlock),
  ...pairs(looseBlockOpeningsWithAttributes, readLooseCallBlockWithAttributes),
  ...pairs(separatedOpenings, readSeparatedCall),
  ...pairs(sectionOpenings, readTokenSection),
  ...pairs(tokenCallOpenings, readTokenCall),
  ["<|python_tag|>", readTaggedBareCalls],
  ["<|python_start|>", readTaggedBareCalls],
  ...pairs(layoutMarks, readLayout),
  ...pairs(resultOpenings, readInventedResult),
  ...edgeOpenings,
  ...harmonyOpenings,
  // Last, since they have the shortest marks that others begin with.
  ...families.filter(({ place }) => place === undefined).flatMap((one) => pairs(one.openings, one.recognise)),
]);

/** What is markup without tools, too. */
const plainOpenings: ReadonlyMap<string, Recogniser> = new Map([...edgeOpenings, ...harmonyOpenings]);

function pairs(marks: readonly string[], recogniser: Recogniser): (readonly [string, Recogniser])[] {
  return marks.map((mark) => [mark, recogniser] as const);
}

/** The openings that are words. */
const lineOpenings: ReadonlyMap<string, Recogniser> = new Map<string, Recogniser>(
  families.filter(({ place }) => place === "line").flatMap((one) => pairs(one.openings, one.recognise)),
);

/** Every marker that can begin a call or belongs to one, as `TextReader.accept` compares them. */
export const callMarkers: readonly string[] = [...openings.keys()];
/** The same for those that are words, and count only where a line begins. */
export const lineMarkers: readonly string[] = [...lineOpenings.keys()];

const markers = createMarks(callMarkers);
const wordMarkers = createMarks(lineMarkers);
const plainMarkers = createMarks([...plainOpenings.keys()]);
const headerMarkers = createMarks(strippedHeaders);
/** Nothing at all. */
const noMarkers = createMarks([]);

/** What is looked for: without tools only what is markup all the same. */
function marksOf(session: CallSession, atLine: boolean): readonly Marks[] {
  const { offersTools, directory, mayStripHarmony } = session;
  const headers = mayStripHarmony ? headerMarkers : noMarkers;
  return offersTools
    ? [headers, markers, directory.tags, atLine ? wordMarkers : noMarkers]
    : [headers, plainMarkers];
}

/** Whether a marker can begin with this sign: one look, and most of a text is passed over. */
export function beginsMarker(sign: string, session: CallSession): boolean {
  return (
    markers.begins(sign) ||
    (session.lineStart && wordMarkers.begins(sign)) ||
    (session.mayStripHarmony && headerMarkers.begins(sign))
  );
}

/** Whether the marker of a recogniser stands, or may still come to stand, `ahead` of where the reader is. */
export function mayBeMarker(session: CallSession, ahead: number, atLine: boolean): boolean {
  const { text, at, ended } = session.reader;
  return marksOf(session, atLine).some((marks) => marks.look(text, at + ahead, ended) !== undefined);
}

/** What of the markers that count without tools stands at `at` in a text that goes on: as `Marks.look` has it. */
export function lookForPlainMarker(text: string, at: number): string | undefined | null {
  return plainMarkers.look(text, at, false);
}

/** Whether a text is a marker and nothing else. */
export function isMarker(text: string): boolean {
  return markers.look(text, 0, true)?.length === text.length;
}

/** Whether a text is nothing but the beginning of a marker, as the end of an answer that was cut may be. */
export function isCutMarker(text: string): boolean {
  return text.length > 1 && markers.look(text, 0, false) === null;
}

/** Reads the marker that stands here and gives its recogniser; reads nothing if there is none. */
export function* findRecogniser(session: CallSession, atLine: boolean): Reading<Recogniser | undefined> {
  const { reader } = session;
  for (;;) {
    const looks = marksOf(session, atLine).map((marks) => marks.look(reader.text, reader.at, reader.ended));
    if (looks.includes(null)) {
      yield;
      continue;
    }
    const found = looks.find((look) => typeof look === "string");
    if (found === undefined) return undefined;
    reader.take(found.length);
    if (strippedHeaders.includes(found)) return readStrippedHeader;
    return openings.get(found) ?? lineOpenings.get(found) ?? readToolTag(found.slice(1, -1));
  }
}
