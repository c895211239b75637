/**
 * Frames of server-sent events (WHATWG HTML, "Server-sent events"). The JSON given must be on one line, as
 * `JSON.stringify` makes it; a line break inside would split the event.
 */

/** The content type of an event stream. */
export const sseType = "text/event-stream; charset=utf-8";

const unicodeLineBreaks = /[\u0085\u2028\u2029]/g;

/**
 * Escapes the line breaks that are legal inside JSON text. They do not end a line of an event stream, but
 * readers built on Python's `splitlines` (httpx's `iter_lines`) cut the line there.
 */
export function escapeLineBreaks(json: string): string {
  // A look for each is several times faster than one for all, and hardly any text has one.
  if (!json.includes("\u2028") && !json.includes("\u2029") && !json.includes("\u0085")) return json;
  return json.replace(unicodeLineBreaks, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** An unnamed event: `data: …` and an empty line. */
export function encodeSseData(json: string): string {
  return `data: ${escapeLineBreaks(json)}\n\n`;
}

/** A named event. */
export function encodeSseEvent(event: string, json: string): string {
  return `event: ${event}\ndata: ${escapeLineBreaks(json)}\n\n`;
}

/**
 * A comment, which clients skip: keeps proxies from cutting a silent stream. It is a line of the next event, since an
 * empty line behind it is an event without data to some readers (openai-go before 3.43), which they can't parse.
 * Not for streams of unnamed events: readers of those that split at empty lines (Dify) would drop the event with it.
 */
export function encodeSseComment(text: string): string {
  return `: ${text}\n`;
}
