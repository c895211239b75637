import type { Mutable } from "../../model/mutable.ts";

/** Follows JSON text as it comes, to know when the object that it is has ended. */
export interface JsonProgress {
  push(text: string): void;
  /** An object has begun and its last brace has come. */
  readonly complete: boolean;
  /** Nothing but white space has come. */
  readonly empty: boolean;
  /** Nothing but white space and braces has come. */
  readonly bare: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const openers: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const closers: ReadonlySet<number> = new Set([0x7d, 0x5d]);

/** Creates one. Each character is looked at once. */
export function createJsonProgress(): JsonProgress {
  let depth = 0;
  let inString = false;
  let escaped = false;
  const progress: Mutable<JsonProgress> = { complete: false, empty: true, bare: true, push };

  function push(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (escaped) escaped = false;
      else if (inString) {
        escaped = unit === backslash;
        inString = unit !== quote;
      } else if (unit === quote) inString = true;
      else if (openers.has(unit)) depth += 1;
      else if (closers.has(unit)) {
        depth -= 1;
        progress.complete ||= depth === 0;
      }
    }
    progress.empty &&= text.trim() === "";
    progress.bare &&= /^[\s{}]*$/.test(text);
  }

  return progress;
}
