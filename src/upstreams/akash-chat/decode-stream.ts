import { GatewayError } from "../../errors.ts";
import { decodeErrorText } from "./decode-error-text.ts";
import { findImageTagEnd, imageLineStart } from "./decode-image-tag.ts";
import { type Finish, readFinish } from "./read-finish.ts";
import { AnswerWriter, createTruncatedError, type StreamDecoder } from "./stream-decoder.ts";

/** An image line that is not JSON is held whole; more than this is no image line. */
const imageLimit = 1_000_000;

/** A class, since one is made for each request. */
class DataStreamDecoder extends AnswerWriter implements StreamDecoder {
  readonly #contentType: string;
  /** How the last step ended, if no other shall follow. */
  #step: Finish | undefined;
  #imageLines: string[] | undefined;
  #imageLength = 0;
  #sawPart = false;

  constructor(model: string, contentType: string) {
    super(model);
    this.#contentType = contentType;
  }

  push(line: string): void {
    if (this.done || line === "") return;
    if (this.#imageLines !== undefined) {
      this.#holdImageLine(this.#imageLines, line);
      return;
    }
    if (line.charCodeAt(1) !== 0x3a) {
      this.fail(toStrangeLine(line, this.#sawPart, this.#contentType));
      return;
    }
    this.#sawPart = true;
    this.#pushPart(line);
  }

  end(): void {
    const lines = this.#imageLines;
    this.#imageLines = undefined;
    if (lines !== undefined) this.#releaseImageLines(lines);
    if (this.done) return;
    if (this.#step === undefined) this.fail(createTruncatedError(this.hasText()));
    else this.finish(this.#step.reason, this.#step.usage);
  }

  #pushPart(line: string): void {
    switch (line.charAt(0)) {
      case "0":
        this.#pushText(line);
        break;
      case "g": {
        const text = parseString(line);
        if (text === undefined) this.fail(createBrokenPartError());
        else this.write("reasoning", text);
        break;
      }
      case "3":
        this.fail(decodeErrorText(parseString(line) ?? line.slice(2)));
        break;
      case "e":
      case "d":
        this.#pushFinish(line);
        break;
      default:
        // Data, annotations, tool parts, sources, files, signatures and codes of the future.
        break;
    }
  }

  #pushText(line: string): void {
    const text = parseString(line);
    if (text !== undefined) this.write("text", text);
    else if (line.startsWith(imageLineStart)) this.#holdImageLine((this.#imageLines = []), line);
    else this.fail(createBrokenPartError());
  }

  #pushFinish(line: string): void {
    const finish = readFinish(parseJson(line.slice(2)));
    if (finish === undefined) this.fail(createBrokenPartError());
    else if (line.startsWith("d")) this.finish(finish.reason, finish.usage);
    else this.#step = finish.isContinued ? undefined : finish;
  }

  #holdImageLine(lines: string[], line: string): void {
    lines.push(line);
    this.#imageLength += line.length;
    if (this.#imageLength > imageLimit) this.fail(createBrokenPartError());
  }

  /**
   * The upstream pastes an image's prompt unescaped, line ends included: only at the end is it known which is the
   * last.
   */
  #releaseImageLines(lines: readonly string[]): void {
    const text = lines.join("\n");
    const end = findImageTagEnd(text);
    if (end === undefined) {
      this.fail(createBrokenPartError());
      return;
    }
    this.write("text", text.slice('0:"'.length, end));
    for (const line of text.slice(end + 1).split("\n")) this.push(line);
  }
}

/**
 * Decodes the AI SDK v4 data stream: one `<code>:<JSON>` part per line. Text (`0`) and reasoning (`g`) are
 * written; `3` fails, whatever follows it; `d` finishes, and so does the end after an `e` that does not
 * continue; other codes carry nothing for us. `contentType` is told to the log if it is no such stream. Source: recordings of the application in both generations.
 */
export function createDataStreamDecoder(model: string, contentType = ""): StreamDecoder {
  return new DataStreamDecoder(model, contentType);
}

/** The string of a part. `undefined` when it is not exactly one JSON string. */
function parseString(line: string): string | undefined {
  const last = line.length - 1;
  // Most deltas have no escape: what stands between the only two quotes is the text.
  if (line.charCodeAt(2) === 0x22 && line.indexOf('"', 3) === last && !line.includes("\\")) {
    return line.slice(3, last);
  }
  const value = parseJson(line.slice(2));
  return typeof value === "string" ? value : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function createBrokenPartError(): GatewayError {
  return new GatewayError("upstream-protocol", "Akash Chat sent a part of its answer that cannot be read.");
}

function toStrangeLine(line: string, sawPart: boolean, contentType: string): GatewayError {
  // It may be an answer, or echo a prompt: the log learns its looks only.
  const cause = new Error(
    sawPart
      ? `a line of ${line.length} characters`
      : `a first line of ${line.length} characters that begins with ${describeStart(line)}, as ${JSON.stringify(contentType.slice(0, 80))}`,
  );
  if (!sawPart && /^\s*</.test(line)) {
    return new GatewayError(
      "upstream-unavailable",
      "A web page came in place of Akash Chat's answer, probably from the network in front of it.",
      { shouldRetry: false, cause },
    );
  }
  return new GatewayError(
    "upstream-protocol",
    "Akash Chat's answer is not a stream that this gateway knows.",
    {
      cause,
    },
  );
}

/** Marks are shown: they tell JSON, markup and events apart. */
function describeStart(line: string): string {
  const first = line.trimStart().charAt(0);
  if (/[[{<"':#*-]/.test(first)) return first;
  if (/\p{L}/u.test(first)) return "a letter";
  if (/\p{N}/u.test(first)) return "a digit";
  return first === "" ? "blanks" : "another character";
}
