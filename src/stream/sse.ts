/**
 * Frames of server-sent events (WHATWG HTML, "Server-sent events"). The JSON given must be on one line, as
 * `JSON.stringify` makes it; a line break inside would split the event.
 */

/** An unnamed event: `data: …` and an empty line. */
export function encodeSseData(json: string): string {
  return `data: ${json}\n\n`;
}

/** A named event. */
export function encodeSseEvent(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

/** A comment, which clients skip: keeps proxies from cutting a silent stream. */
export function encodeSseComment(text: string): string {
  return `: ${text}\n\n`;
}
