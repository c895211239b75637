import { readContent, type ContentPiece } from "./read-content.ts";
import { isErrorBody } from "./read-error-body.ts";
import { asCount, asList, asObject, parseJson, type JsonObject } from "./read-json.ts";

/** Knows how the chunks of one answer look, as far as they differ in a piece of text alone: most of them do, and need not be parsed. */
export interface ChunkTemplate {
  /** What the chunk of a line `data: …` (or `data:…`) says that looks like the one that was learned. `undefined`: it must be parsed. */
  readLine(line: string): ContentPiece | undefined;
  /** Learns how a chunk looks that was parsed, if chunks like it say some text and nothing else. */
  learn(json: string): void;
}

/** Where text may stand in a delta. */
const member = /"(?:content|reasoning_content|reasoning|thinking)"\s*:\s*(?="[^"\\])/g;
const literal = /"(?:[^"\\]|\\.)*"/y;
/** A string as it is in most chunks: its text is what stands between the quotes. */
const plainLiteral = /^"[^"\\\p{Cc}]*"$/u;

/** Some servers' chunks all differ (in their time, in a count): to learn them would cost more than it saves. */
const mostTries = 8;

/** What stands around the text. */
interface Known {
  /** With the name of the field, and a blank behind it or none. */
  readonly before: string;
  readonly tightBefore: string;
  readonly behind: string;
  readonly kind: ContentPiece["kind"];
}

/** Creates the template of one answer. */
export function createChunkTemplate(): ChunkTemplate {
  let known: Known | undefined;
  let tries = 0;

  return {
    readLine(line) {
      if (known === undefined) return undefined;
      const { behind, kind } = known;
      const before = line.charCodeAt(tightField.length) === space ? known.before : known.tightBefore;
      const end = line.length - behind.length;
      // Slices are compared at once, `startsWith` looks at each character: that takes ten times as long.
      if (end <= before.length || line.slice(end) !== behind) return undefined;
      if (line.slice(0, before.length) !== before) return undefined;
      const text = readLiteral(line.slice(before.length, end));
      return text === undefined ? undefined : { kind, text };
    },
    learn(json) {
      if (tries >= mostTries) return;
      for (const { index, 0: key } of json.matchAll(member)) {
        const start = index + key.length;
        literal.lastIndex = start;
        const end = start + (literal.exec(json)?.[0].length ?? 0);
        const before = json.slice(0, start);
        const behind = json.slice(end);
        tries += 1;
        // Read with another text in its place: so it is known that the text stands there, and what else the chunk says.
        const said = readOnlyText(parseJson(`${before}"${probe}"${behind}`));
        if (said?.text !== probe) continue;
        known = { before: field + before, tightBefore: tightField + before, behind, kind: said.kind };
        return;
      }
    },
  };
}

const probe = "another text";

const tightField = "data:";
const field = `${tightField} `;
const space = 0x20;

function readLiteral(text: string): string | undefined {
  if (plainLiteral.test(text)) return text.slice(1, -1);
  const value = parseJson(text);
  return typeof value === "string" ? value : undefined;
}

/** The piece of text that a chunk is for, if an answer is the same when only the first chunk like it is read whole. */
function readOnlyText(value: unknown): ContentPiece | undefined {
  const body = asObject(value) ?? {};
  const choices = asList(body["choices"]);
  const choice = asObject(choices[0]) ?? {};
  const delta = asObject(choice["delta"]) ?? {};
  if (choices.length !== 1 || (asCount(choice["index"]) ?? 0) !== 0) return undefined;
  if (isErrorBody(body) || isErrorBody(choice)) return undefined;
  if (!lacks(body, ["usage", "x_groq"])) return undefined;
  if (!lacks(choice, ["message", "finish_reason", "stop_reason", "matched_stop"])) return undefined;
  if (!lacks(delta, ["tool_calls", "function_call", "reasoning_details"])) return undefined;
  const [said, ...more] = readContent(delta);
  return more.length === 0 ? said : undefined;
}

function lacks(object: JsonObject, members: readonly string[]): boolean {
  return members.every((name) => object[name] === undefined || object[name] === null);
}
