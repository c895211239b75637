import type { ChatResponse } from "../../model/collect.ts";
import { encodeOllamaEnd, encodeOllamaLoad, type OllamaTimes, toOllamaTime } from "../ollama-answer.ts";
import type { OllamaLoad } from "../ollama-fields.ts";

/** The answer to `POST /api/generate`, whole. `model` as the client wrote it, `now` in ms since the epoch. */
export function encodeResponse(
  { blocks, finish, usage }: ChatResponse,
  { model, now, times }: { readonly model: string; readonly now: number; readonly times: OllamaTimes },
): Record<string, unknown> {
  const textOf = (kind: "text" | "reasoning") =>
    blocks.map((block) => (block.kind === kind ? block.text : "")).join("");
  const thinking = textOf("reasoning");
  return {
    model,
    created_at: toOllamaTime(now),
    response: textOf("text"),
    ...(thinking === "" ? {} : { thinking }),
    ...encodeOllamaEnd(finish, usage, times),
  };
}

/** The answer to a request without a prompt. */
export function encodeLoad(load: OllamaLoad, now: number): Record<string, unknown> {
  return { ...encodeOllamaLoad(load, now), response: "" };
}
