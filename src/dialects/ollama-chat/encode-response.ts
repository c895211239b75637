import type { Block, ChatResponse } from "../../model/collect.ts";
import { createTextJoiner } from "../join-texts.ts";
import {
  encodeOllamaCall,
  encodeOllamaEnd,
  encodeOllamaLoad,
  type OllamaCall,
  type OllamaTimes,
  toOllamaTime,
} from "../ollama-answer.ts";
import type { OllamaLoad } from "../ollama-fields.ts";

/** What a whole answer has beside what the model said. */
export interface ResponseIdentity {
  /** The model as the client wrote it. */
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly times: OllamaTimes;
}

function encodeMessage(blocks: readonly Block[]): Record<string, unknown> {
  const joiner = createTextJoiner();
  const calls: OllamaCall[] = [];
  let content = "";
  let thinking = "";
  for (const block of blocks) {
    if (block.kind === "text") content += joiner.push(block.text);
    else if (block.kind === "reasoning") thinking += block.text;
    else {
      joiner.part();
      calls.push(encodeOllamaCall(block, block.arguments, calls.length));
    }
  }
  return {
    role: "assistant",
    content,
    ...(thinking === "" ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** The answer to `POST /api/chat`, whole. */
export function encodeResponse(
  { blocks, finish, usage }: ChatResponse,
  { model, now, times }: ResponseIdentity,
): Record<string, unknown> {
  return {
    model,
    created_at: toOllamaTime(now),
    message: encodeMessage(blocks),
    ...encodeOllamaEnd(finish, usage, times),
  };
}

/** The answer to a request without messages. */
export function encodeLoad(load: OllamaLoad, now: number): Record<string, unknown> {
  return { ...encodeOllamaLoad(load, now), message: { role: "assistant", content: "" } };
}
