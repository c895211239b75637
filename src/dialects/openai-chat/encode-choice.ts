import type { BlockStart, ChatEvent } from "../../model/events.ts";
import { escapeLineBreaks } from "../../stream/sse.ts";
import { createCustomInputDecoder, type CustomInputDecoder } from "../decode-custom-input.ts";
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
  let open: BlockStart | undefined;
  /** The open call was announced. */
  let announced = false;
  /** Text was given; a call came since. */
  let wrote = false;
  let parted = false;
  /** Reads the text of the open call, if it is one of a custom tool. */
  let input: CustomInputDecoder | undefined;

  function makeHeads() {
    const made = `data: ${options.opening()}{"index":${index},"delta":`;
    return { head: made, textHead: `${made}{"content":`, reasoningHead: `${made}{"reasoning_content":` };
  }

  function start(withText: boolean): string {
    if (started) return "";
    started = true;
    return `${head}{"role":"assistant","content":${withText ? '""' : "null"}}${tail}`;
  }

  function encodeArguments(call: Extract<BlockStart, { kind: "tool-call" }>, text: string): string {
    const fields = `"arguments":${encodeText(text)}`;
    const first = !announced;
    announced = true;
    const named = first ? `"name":${JSON.stringify(call.name)},${fields}` : fields;
    if (legacyFunctions) return `${head}{"function_call":{${named}}${deltaTail}`;
    const identity = first ? `"id":${JSON.stringify(call.callId)},"type":"function",` : "";
    return `${head}{"tool_calls":[{"index":${calls - 1},${identity}"function":{${named}}}]${deltaTail}`;
  }

  function encodeInput(call: Extract<BlockStart, { kind: "tool-call" }>, text: string): string {
    const first = !announced;
    announced = true;
    const named = first ? `"name":${JSON.stringify(call.name)},` : "";
    const identity = first ? `"id":${JSON.stringify(call.callId)},"type":"custom",` : "";
    const custom = `"custom":{${named}"input":${encodeText(text)}}`;
    return `${head}{"tool_calls":[{"index":${calls - 1},${identity}${custom}}]${deltaTail}`;
  }

  /** Text, parted from what stood before a call: in this dialect all text of an answer is one. */
  function separate(text: string): string {
    const separated = parted && wrote && text !== "" ? `\n${text}` : text;
    if (text !== "") {
      parted = false;
      wrote = true;
    }
    return separated;
  }

  /** The last frame of a call: one without any text was not announced yet. */
  function endCall(call: Extract<BlockStart, { kind: "tool-call" }>): string {
    if (input !== undefined) {
      const rest = input.end();
      return rest === "" && announced ? "" : encodeInput(call, rest);
    }
    return announced ? "" : encodeArguments(call, "{}");
  }

  return {
    heartbeat: () => start(true) || `${head}{}${tail}`,
    push(event) {
      switch (event.type) {
        case "response-start":
          ({ head, textHead, reasoningHead } = makeHeads());
          return "";
        case "block-start":
          open = event.block;
          announced = false;
          if (open.kind === "tool-call") {
            calls += 1;
            parted = true;
          }
          input =
            open.kind === "tool-call" && options.customTools?.has(open.name) === true
              ? createCustomInputDecoder()
              : undefined;
          return start(open.kind !== "tool-call");
        case "block-delta": {
          if (open?.kind === "text") return textHead + encodeText(separate(event.text)) + deltaTail;
          if (open?.kind === "reasoning") return reasoningHead + encodeText(event.text) + deltaTail;
          if (open === undefined) return "";
          if (input === undefined) return encodeArguments(open, event.text);
          const text = input.push(event.text);
          return text === "" ? "" : encodeInput(open, text);
        }
        case "block-end": {
          const last = open?.kind === "tool-call" ? endCall(open) : "";
          open = undefined;
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
