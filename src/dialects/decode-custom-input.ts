/** Reads the text of a custom tool call out of its argument text, as it grows. */
export interface CustomInputDecoder {
  /** More argument text; returns what it adds to the input. */
  push(text: string): string;
  /** The argument text is complete; returns the rest of the input. */
  end(): string;
}

/** How the arguments begin when the model wrote them as it was asked to. */
const opening = /^\s*\{\s*"input"\s*:\s*"/;
/** Longer than any opening that deserves to be waited for. */
const longestOpening = 64;

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** The input in complete arguments of any shape: the one string in them, or else the text as it is. */
function readWhole(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Free-form text that was never JSON is the input itself.
    return text;
  }
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return text;
  if ("input" in value && typeof value.input === "string") return value.input;
  const values: unknown[] = Object.values(value);
  return values.length === 1 && typeof values[0] === "string" ? values[0] : text;
}

/**
 * Creates a decoder for `{"input": "…"}`, which is how a model that only knows functions calls a custom tool.
 * The string is decoded as it comes; arguments of another shape are decoded whole at the end.
 */
export function createCustomInputDecoder(): CustomInputDecoder {
  let mode: "opening" | "string" | "closed" | "whole" = "opening";
  const pieces: string[] = [];
  /** Text not decoded yet: the opening, or an escape that is not complete. */
  let pending = "";

  /** Decodes as far as the string is certain; leaves the rest in `pending`. */
  function decode(): string {
    const special = /["\\]/g;
    let decoded = "";
    let from = 0;
    for (;;) {
      special.lastIndex = from;
      const at = special.exec(pending)?.index ?? pending.length;
      decoded += pending.slice(from, at);
      if (at === pending.length) {
        pending = "";
        return decoded;
      }
      if (pending.charAt(at) === '"') {
        mode = "closed";
        pending = "";
        return decoded;
      }
      const escape = pending.charAt(at + 1);
      from = at + (escape === "u" ? 6 : 2);
      if (pending.length < from) {
        pending = pending.slice(at);
        return decoded;
      }
      decoded +=
        escape === "u"
          ? String.fromCharCode(Number.parseInt(pending.slice(at + 2, from), 16))
          : (escapes[escape] ?? escape);
    }
  }

  return {
    push(text) {
      if (mode === "closed") return "";
      if (mode === "whole") {
        pieces.push(text);
        return "";
      }
      pending += text;
      if (mode === "opening") {
        const match = opening.exec(pending);
        if (match === null) {
          if (pending.length > longestOpening) {
            mode = "whole";
            pieces.push(pending);
            pending = "";
          }
          return "";
        }
        mode = "string";
        pending = pending.slice(match[0].length);
      }
      return decode();
    },
    end() {
      const rest = mode === "opening" || mode === "whole" ? readWhole(pieces.join("") + pending) : "";
      mode = "closed";
      return rest;
    },
  };
}
