import { createPaint, hasColours, type Environment } from "./create-paint.ts";
import { formatEntry } from "./format-entry.ts";

/** Turns the JSON lines of a log into lines for people, and writes them to `out`. Colours only where they are welcome. */
export function createPrettyWriter(
  out: { write(text: string): unknown; readonly isTTY?: boolean },
  environment: Environment,
): { write(line: string): void } {
  const paint = createPaint(hasColours(out.isTTY === true, environment));
  return {
    write(line) {
      // pino's own work, and so an object.
      const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
      out.write(`${formatEntry(entry, paint)}\n`);
    },
  };
}
