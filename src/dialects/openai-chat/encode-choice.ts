import type { BlockStart, ChatEvent } from "../../model/events.ts";
import { escapeLineBreaks } from "../../stream/sse.ts";
import { createCustomInputDecoder, type CustomInputDecoder } from "../decode-custom-input.ts";
import { createTextJoiner } from "../join-texts.ts";
import { encodeFinishReason } from "./encode-finish-reason.ts";

function encodeText(text: string): string {
  return escapeLineBreaks(JSON.stringify(text));
}

/** Encodes the chunks of one choice. */
export interface ChoiceEncoder {
  /** The frames for one event; may be empty. */
  push(event: ChatEvent): string;
  /** A chunk with an empty delta, or the first chunk, with the role, if nothing has come. Not after the finish. */
  heartbeat(): string;
}

/** What the chunks of one choice share. */
export interface ChoiceOptions {
  readonly index: number;
  /** The JSON of a chunk up to and including `"choices":[`, as it is now; asked for again at `response-start`. */
  readonly opening: () => string;
  /** The JSON of a chunk after the choice. */
  readonly closing: string;
  readonly legacyFunctions: boolean;
  /** Names of the tools that take free-form text: their calls are of type `custom`. */
  readonly customTools?: ReadonlySet<string> | undefined;
}

/** A call that is open. */
interface OpenCall {
  readonly kind: "call";
  readonly call: Extract<BlockStart, { kind: "tool-call" }>;
  /** Reads the text, if the call is one of a custom tool. */
  readonly input: CustomInputDecoder | undefined;
  /** Its id and name were sent. */
  announced: boolean;
}

/** The block that is open, if any. */
type Open = { readonly kind: "none" | "text" | "reasoning" } | OpenCall;

const none: Open = { kind: "none" };

/**
 * Creates the encoder of one choice. All JSON that does not change is made once, so that a delta costs one
 * `JSON.stringify` of its text.
 *
 * A tool call is announced with its first arguments, since some SDKs drop a call whose first arguments are empty
 * (vercel/ai#18333).
 */
export function createChoiceEncoder(options: ChoiceOptions): ChoiceEncoder {
  const { index, legacyFunctions } = options;
  let { head, textHead, reasoningHead } = makeHeads();
  const tail = `,"logprobs":null,"finish_reason":null}${options.closing}\n\n`;
  const deltaTail = `}${tail}`;

  let started = false;
  let calls = 0;
  let open: Open = none;
  const joiner = createTextJoiner();

  function makeHeads() {
    const made = `data: ${options.opening()}{"index":${index},"delta":`;
    return { head: made, textHead: `${made}{"content":`, reasoningHead: `${made}{"reasoning_content":` };
  }

  function start(withText: boolean): string {
    if (started) return "";
    started = true;
    return `${head}{"role":"assistant","content":${withText ? '""' : "null"}}${tail}`;
  }

  /** A piece of a call; the first one announces it. */
  function encodeCall(open: OpenCall, text: string): string {
    const { callId, name } = open.call;
    const custom = open.input !== undefined;
    const first = !open.announced;
    open.announced = true;
    const named = first ? `"name":${JSON.stringify(name)},` : "";
    const body = `{${named}"${custom ? "input" : "arguments"}":${encodeText(text)}}`;
    if (legacyFunctions && !custom) return `${head}{"function_call":${body}${deltaTail}`;
    const type = custom ? "custom" : "function";
    const identity = first ? `"id":${JSON.stringify(callId)},"type":"${type}",` : "";
    return `${head}{"tool_calls":[{"index":${calls - 1},${identity}"${type}":${body}}]${deltaTail}`;
  }

  function startBlock(block: BlockStart): string {
    if (block.kind !== "tool-call") {
      open = { kind: block.kind };
      return start(true);
    }
    calls += 1;
    joiner.part();
    const input = options.customTools?.has(block.name) === true ? createCustomInputDecoder() : undefined;
    open = { kind: "call", call: block, input, announced: false };
    return start(false);
  }

  function encodeDelta(text: string): string {
    switch (open.kind) {
      case "text":
        return textHead + encodeText(joiner.push(text)) + deltaTail;
      case "reasoning":
        return reasoningHead + encodeText(text) + deltaTail;
      case "none":
        return "";
      default:
        if (open.input === undefined) return encodeCall(open, text);
        return encodeInput(open, open.input.push(text));
    }
  }

  function encodeInput(open: OpenCall, text: string): string {
    return text === "" ? "" : encodeCall(open, text);
  }

  /** The last frame of a call: one without any text was not announced yet. */
  function endCall(open: OpenCall): string {
    const rest = open.input?.end() ?? "";
    if (open.announced) return encodeInput(open, rest);
    return encodeCall(open, open.input === undefined ? "{}" : rest);
  }

  return {
    heartbeat: () => start(true) || `${head}{}${tail}`,
    push(event) {
      switch (event.type) {
        case "response-start":
          ({ head, textHead, reasoningHead } = makeHeads());
          return "";
        case "block-start":
          return startBlock(event.block);
        case "block-delta":
          return encodeDelta(event.text);
        case "block-end": {
          const last = open.kind === "call" ? endCall(open) : "";
          open = none;
          return last;
        }
        default: {
          const reason = JSON.stringify(encodeFinishReason(event.reason, legacyFunctions));
          const end = `${head}{},"logprobs":null,"finish_reason":${reason}}${options.closing}\n\n`;
          return start(true) + end;
        }
      }
    },
  };
}
