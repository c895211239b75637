import { escapeLineBreaks } from "./sse.ts";

/** The content type of JSON texts, one a line. Source: https://github.com/ndjson/ndjson-spec */
export const ndjsonType = "application/x-ndjson";

/** A line of such a text. The JSON given must be on one line, as `JSON.stringify` makes it. */
export function encodeNdjson(json: string): string {
  return `${escapeLineBreaks(json)}\n`;
}
