import { repairJson } from "./repair-json.ts";

// Deeper values than any tool takes would overflow the stack of those who write them.
const deepestNesting = 256;

/** Parses JSON, or what a model meant as JSON; `undefined` if it can't be read or is nested beyond reason. */
export function parseLeniently(text: string): unknown {
  const value = parseAny(text);
  return isShallow(value) ? value : undefined;
}

function parseAny(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    try {
      return JSON.parse(repairJson(text)) as unknown;
    } catch {
      // Neither JSON nor anything near it: the caller says so to the model.
      return undefined;
    }
  }
}

/** Whether a value can be worked on and written again without a stack that is deeper than it should be. */
export function isShallow(value: unknown, levels = deepestNesting): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}
