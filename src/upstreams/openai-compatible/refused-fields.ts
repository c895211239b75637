import type { UpstreamFailure } from "./failure.ts";
import type { WireRequest } from "./wire.ts";

/** Members of the body without which a request means nearly the same. Some servers and models refuse them by their names. */
const droppable: readonly string[] = [
  "stream_options",
  "parallel_tool_calls",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "repeat_penalty",
];

const refusal =
  /unsupported|not (?:currently )?(?:supported|permitted|allowed|available|recogni[sz]ed)|(?:not|n't) support|unrecogni[sz]ed|unknown|unexpected|unavailable|extra (?:inputs|fields)/i;

/** Whether a refusal is about a member of this name: its own words say so, not only that its value is wrong. */
export function refuses({ reason, error }: UpstreamFailure, field: string): boolean {
  if (reason !== "invalid-request" && reason !== "not-supported") return false;
  const isNamed = new RegExp(`(?<![\\w.])${field}(?![\\w])`).test(`${error.message} ${error.param ?? ""}`);
  return isNamed && refusal.test(error.message);
}

/** The member of the body that a refusal names; `undefined` if it is about something else. */
export function findRefusedField(failure: UpstreamFailure, body: WireRequest): string | undefined {
  return droppable.find((field) => body[field] !== undefined && refuses(failure, field));
}

/** The body without members that were refused. A limit of output tokens goes by its other name, if that was not refused. */
export function withoutFields(body: WireRequest, refused: readonly string[] = []): WireRequest {
  if (refused.length === 0) return body;
  const limit = body.max_tokens;
  const renamed =
    refused.includes("max_tokens") && limit !== undefined ? { ...body, max_completion_tokens: limit } : body;
  const kept = Object.entries(renamed).filter(([name]) => !refused.includes(name));
  return { ...Object.fromEntries(kept), model: body.model, messages: body.messages };
}
