import type { Spellings } from "../dialects/dialect.ts";
import type { Parameter } from "../model/request.ts";

const longest = 4000;

/**
 * The names that had no effect, given what reached the model: those of `ignored` without what was taken, and what usually is taken
 * but was not.
 */
export function findIgnoredNames(
  ignored: readonly string[],
  spellings: Spellings,
  isTaken: (parameter: Parameter) => boolean,
): readonly string[] {
  const spelled = Object.entries(spellings) as [Parameter, readonly string[]][];
  const honoured = new Set(spelled.flatMap(([parameter, names]) => (isTaken(parameter) ? names : [])));
  const lost = spelled.flatMap(([parameter, names]) => (isTaken(parameter) ? [] : names));
  return [...new Set([...ignored.filter((name) => !honoured.has(name)), ...lost])];
}

/** The value of `x-ignored-parameters`; nothing without names. */
export function encodeIgnored(names: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return {};
  // Some names hold what the client wrote; a header takes printable ASCII only, and clients take it only so long.
  const text = names.join(", ").replace(/[^\x20-\x7e]/g, "?");
  return { "x-ignored-parameters": text.length > longest ? `${text.slice(0, longest)}...` : text };
}
