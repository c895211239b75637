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
 * All JSON that does not change is made once, so that a delta costs one `JSON.stringify` of its text. A class, since one is made for each
 * request.
 */
class ChunkEncoder implements ChoiceEncoder {
  readonly #options: ChoiceOptions;
  readonly #tail: string;
  readonly #deltaTail: string;
  #head = "";
  #textHead = "";
  #reasoningHead = "";
  #started = false;
  #calls = 0;
  #open: Open = none;
  readonly #joiner = createTextJoiner();

  constructor(options: ChoiceOptions) {
    this.#options = options;
    this.#tail = `,"logprobs":null,"finish_reason":null}${options.closing}\n\n`;
    this.#deltaTail = `}${this.#tail}`;
    this.#makeHeads();
  }

  push(event: ChatEvent): string {
    switch (event.type) {
      case "response-start":
        this.#makeHeads();
        return "";
      case "block-start":
        return this.#startBlock(event.block);
      case "block-delta":
        return this.#encodeDelta(event.text);
      case "block-end": {
        const last = this.#open.kind === "call" ? this.#endCall(this.#open) : "";
        this.#open = none;
        return last;
      }
      default: {
        const { legacyFunctions, closing } = this.#options;
        const reason = JSON.stringify(encodeFinishReason(event.reason, legacyFunctions));
        const end = `${this.#head}{},"logprobs":null,"finish_reason":${reason}}${closing}\n\n`;
        return this.#start(true) + end;
      }
    }
  }

  heartbeat(): string {
    return this.#start(true) || `${this.#head}{}${this.#tail}`;
  }

  #makeHeads(): void {
    const { index, opening } = this.#options;
    this.#head = `data: ${opening()}{"index":${index},"delta":`;
    this.#textHead = `${this.#head}{"content":`;
    this.#reasoningHead = `${this.#head}{"reasoning_content":`;
  }

  #start(withText: boolean): string {
    if (this.#started) return "";
    this.#started = true;
    return `${this.#head}{"role":"assistant","content":${withText ? '""' : "null"}}${this.#tail}`;
  }

  /** A piece of a call; the first one announces it. */
  #encodeCall(open: OpenCall, text: string): string {
    const { callId, name } = open.call;
    const custom = open.input !== undefined;
    const first = !open.announced;
    open.announced = true;
    const named = first ? `"name":${JSON.stringify(name)},` : "";
    const body = `{${named}"${custom ? "input" : "arguments"}":${encodeText(text)}}`;
    if (this.#options.legacyFunctions && !custom)
      return `${this.#head}{"function_call":${body}${this.#deltaTail}`;
    const type = custom ? "custom" : "function";
    const identity = first ? `"id":${JSON.stringify(callId)},"type":"${type}",` : "";
    const index = this.#calls - 1;
    return `${this.#head}{"tool_calls":[{"index":${index},${identity}"${type}":${body}}]${this.#deltaTail}`;
  }

  #startBlock(block: BlockStart): string {
    if (block.kind !== "tool-call") {
      this.#open = { kind: block.kind };
      return this.#start(true);
    }
    this.#calls += 1;
    this.#joiner.part();
    const isCustom = this.#options.customTools?.has(block.name) === true;
    const input = isCustom ? createCustomInputDecoder() : undefined;
    this.#open = { kind: "call", call: block, input, announced: false };
    return this.#start(false);
  }

  #encodeDelta(text: string): string {
    const open = this.#open;
    switch (open.kind) {
      case "text":
        return this.#textHead + encodeText(this.#joiner.push(text)) + this.#deltaTail;
      case "reasoning":
        return this.#reasoningHead + encodeText(text) + this.#deltaTail;
      case "none":
        return "";
      default:
        if (open.input === undefined) return this.#encodeCall(open, text);
        return this.#encodeInput(open, open.input.push(text));
    }
  }

  #encodeInput(open: OpenCall, text: string): string {
    return text === "" ? "" : this.#encodeCall(open, text);
  }

  /** The last frame of a call: one without any text was not announced yet. */
  #endCall(open: OpenCall): string {
    const rest = open.input?.end() ?? "";
    if (open.announced) return this.#encodeInput(open, rest);
    return this.#encodeCall(open, open.input === undefined ? "{}" : rest);
  }
}

/**
 * Creates the encoder of one choice. A tool call is announced with its first arguments, since some SDKs drop a call whose first arguments
 * are empty (vercel/ai#18333).
 */
export function createChoiceEncoder(options: ChoiceOptions): ChoiceEncoder {
  return new ChunkEncoder(options);
}
