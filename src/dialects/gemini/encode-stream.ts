import type { BlockStart, ChatEvent, Usage } from "../../model/events.ts";
import { encodeSseData, escapeLineBreaks } from "../../stream/sse.ts";
import { addUsages } from "../add-usages.ts";
import type { ChoicesEncoder } from "../dialect.ts";
import { encodeErrorBody } from "./encode-error.ts";
import { encodeFinishReason } from "./encode-finish-reason.ts";
import { encodePart } from "./encode-part.ts";
import { type AnswerIdentity, judgeUnreadable } from "./encode-response.ts";
import { encodeUsage } from "./encode-usage.ts";

/** How chunks are sent: as events (`alt=sse`), or as the items of one JSON array. */
export type StreamFraming = "events" | "array";

/** What a stream is made from. */
export interface ContentStreamOptions extends AnswerIdentity {
  /** The model as the client wrote it: what chunks say until the answer names its own. */
  readonly model: string;
  readonly framing: StreamFraming;
}

/** Puts chunks into their frames. */
interface Framer {
  readonly contentType?: string;
  /** The next chunk, on one line. */
  frame(json: string): string;
  /** What says nothing, in place of a chunk; `undefined`: only a chunk can. */
  readonly silence: string | undefined;
  /** Behind the last chunk. */
  end(): string;
  /** A failure, and the end. */
  fail(json: string): string;
}

function createFramer(framing: StreamFraming): Framer {
  if (framing === "events") {
    return {
      frame: encodeSseData,
      silence: undefined,
      end: () => "",
      // Google's servers write the error into the stream as it is. Its older SDKs (also in Gemini CLI 0.61) and that for Go know it by that alone: they take an
      // event with an error for an empty answer, and the end behind it for a whole one. AI SDK and the newer ones look into events, to which this is a
      // line with an unknown field.
      fail: (json) => `${escapeLineBreaks(json)}\n\n${encodeSseData(json)}`,
    };
  }
  let begun = false;
  function frame(json: string): string {
    const head = begun ? ",\n" : "[";
    begun = true;
    return head + json;
  }
  return {
    contentType: "application/json; charset=utf-8",
    frame,
    fail: (json) => `${frame(json)}]\n`,
    // Space between the items of an array means nothing, and stands in front of it as well.
    silence: "\n",
    end: () => "]\n",
  };
}

/** The block of a choice that is open. */
interface OpenBlock {
  readonly start: BlockStart;
  /** What its deltas begin with; `undefined`: it is given when it is whole. */
  readonly head: string | undefined;
  readonly pieces: string[];
}

/** What is known of one of the answers. */
interface Choice {
  open: OpenBlock | undefined;
  /** A call came that nobody can read. */
  unreadable: boolean;
}

/**
 * Creates the encoder of a stream of `GenerateContentResponse` objects: a chunk for each piece of text and of thoughts and for each whole call, then
 * one with the finish of each answer, the last of which has the usage. Each chunk has a part, since clients take one without for an invalid answer. All JSON that does not change
 * is made once, so that a piece costs one `JSON.stringify` of its text.
 * Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function createChoicesEncoder(count: number, options: ContentStreamOptions): ChoicesEncoder {
  const framer = createFramer(options.framing);
  const choices = new Map<number, Choice>();
  const usages: Usage[] = [];
  let named = false;
  let identity = identify(options.model);

  function identify(model: string): string {
    const { responseId } = options;
    return `"modelVersion":${JSON.stringify(model)},"responseId":${JSON.stringify(responseId)}}`;
  }

  const before = '{"candidates":[{"content":{"parts":[';
  const textHead = `${before}{"text":`;
  const thoughtHead = `${before}{"thought":true,"text":`;

  /** A chunk, with what stands beside its content and behind its candidate. */
  function chunk(index: number, upToPart: string, finish = "", usage = ""): string {
    return framer.frame(`${upToPart}],"role":"model"},${finish}"index":${index}}],${usage}${identity}`);
  }

  function choiceOf(index: number): Choice {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const created: Choice = { open: undefined, unreadable: false };
    choices.set(index, created);
    return created;
  }

  function openBlock(start: BlockStart): OpenBlock {
    const whole = start.kind === "tool-call" || (start.kind === "text" && options.bareEnum);
    return { start, head: whole ? undefined : start.kind === "text" ? textHead : thoughtHead, pieces: [] };
  }

  /** What was held back until it was whole. */
  function closeBlock(index: number, choice: Choice): string {
    const { open } = choice;
    choice.open = undefined;
    if (open === undefined || open.head !== undefined) return "";
    const text = open.pieces.join("");
    const { start } = open;
    const block = start.kind === "tool-call" ? { ...start, arguments: text } : { ...start, text };
    const part = encodePart(block, options.bareEnum);
    if (part !== undefined) return chunk(index, before + escapeLineBreaks(JSON.stringify(part)));
    choice.unreadable = true;
    return "";
  }

  function finish(index: number, event: Extract<ChatEvent, { type: "finish" }>): string {
    const failure = choiceOf(index).unreadable ? judgeUnreadable(event.reason) : undefined;
    if (failure !== undefined) throw failure;
    usages[index] = event.usage;
    const isLast = Object.keys(usages).length === count;
    const reason = `"finishReason":"${encodeFinishReason(event.reason)}",`;
    const usage = isLast ? `"usageMetadata":${JSON.stringify(encodeUsage(addUsages(usages)))},` : "";
    return chunk(index, `${textHead}""}`, reason, usage) + (isLast ? framer.end() : "");
  }

  return {
    ...(framer.contentType === undefined ? {} : { contentType: framer.contentType }),
    push(index, event) {
      switch (event.type) {
        case "response-start":
          if (!named) identity = identify(event.model);
          named = true;
          return "";
        case "block-start":
          choiceOf(index).open = openBlock(event.block);
          return "";
        case "block-delta": {
          const { open } = choiceOf(index);
          if (open?.head !== undefined)
            return chunk(index, `${open.head}${escapeLineBreaks(JSON.stringify(event.text))}}`);
          open?.pieces.push(event.text);
          return "";
        }
        case "block-end":
          return closeBlock(index, choiceOf(index));
        default:
          return finish(index, event);
      }
    },
    heartbeat() {
      if (framer.silence !== undefined) return framer.silence;
      const unfinished = Array.from({ length: count }, (_, index) => index).find(
        (index) => !(index in usages),
      );
      return unfinished === undefined ? "" : chunk(unfinished, `${textHead}""}`);
    },
    fail: (error) => framer.fail(JSON.stringify(encodeErrorBody(error))),
  };
}
