import type { Paint } from "./create-paint.ts";
import { numberOf, partOf, textOf, toOneLine, type Entry } from "./entry.ts";
import { formatError, formatStack } from "./format-error.ts";
import { formatRequest } from "./format-request.ts";

/** pino's numbers. Its usual level needs no word. */
const levels: Readonly<Record<number, { readonly word: string; readonly colour: Parameters<Paint>[0] }>> = {
  10: { word: "trace", colour: "dim" },
  20: { word: "debug", colour: "dim" },
  40: { word: "warn", colour: "yellow" },
  50: { word: "error", colour: "red" },
  60: { word: "fatal", colour: "red" },
};

/** What stands elsewhere in a line. */
const apart = new Set(["level", "time", "msg", "reqId", "err"]);

/** `15:00:12`, where the gateway runs. */
function toClock(milliseconds: number): string {
  const date = new Date(milliseconds);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** Lines with an `event` say all of it in their message. */
function formatFields(entry: Entry): string {
  if (entry["event"] !== undefined) return "";
  return Object.entries(entry)
    .filter(([name]) => !apart.has(name))
    .map(
      ([name, value]) => ` ${name}=${toOneLine(typeof value === "string" ? value : JSON.stringify(value))}`,
    )
    .join("");
}

function formatOther(entry: Entry, paint: Paint): string {
  const level = levels[numberOf(entry, "level") ?? 30];
  const error = partOf(entry, "err");
  const word = level === undefined ? "" : `${paint(level.colour, level.word)} `;
  const words = error === undefined ? "" : `: ${formatError(error)}`;
  const id = textOf(entry, "reqId");
  const shownId = id === undefined ? "" : ` ${paint("dim", id)}`;
  return `${word}${textOf(entry, "msg") ?? ""}${words}${paint("dim", formatFields(entry))}${shownId}`;
}

/** A line of the log for people: one line, unless an unforeseen error has a stack to show. */
export function formatEntry(entry: Entry, paint: Paint): string {
  const clock = paint("dim", toClock(numberOf(entry, "time") ?? 0));
  const isRequest = entry["event"] === "request" || entry["event"] === "background";
  const line = isRequest ? formatRequest(entry, paint) : formatOther(entry, paint);
  return `${clock} ${line}${paint("dim", formatStack(partOf(entry, "err")))}`;
}
