import { redact } from "../http/redact.ts";
import type { HeaderReader } from "./read-wait.ts";

/** Headers by which servers name a request to their own support; the first that is there. */
const names = [
  "inference-id",
  "x-request-id",
  "request-id",
  "x-generation-id",
  "x-litellm-call-id",
  "cf-ray",
];

const longest = 200;

/**
 * The server's own id of a request, for the log and a response header; never ours, and never longer than 200 characters. A value
 * in which a secret stands, as `hide` knows those of the operator and `redact` their forms, is none: an id is whole or of no use.
 */
export function readUpstreamId(header: HeaderReader, hide: (text: string) => string): string | undefined {
  for (const name of names) {
    const value = header(name)?.trim() ?? "";
    const id = value.replace(/[^\x21-\x7e]/g, "");
    // A secret may need its blanks to be known as one.
    if (id !== "" && [value, id].every((text) => hide(text) === text && !looksSecret(text))) {
      return id.slice(0, longest);
    }
  }
  return undefined;
}

/** Hexadecimal digits alone are the usual form of an id, too. */
function looksSecret(id: string): boolean {
  const short = id.replace(/[a-f\d]{32,}/gi, (digits) => digits.slice(0, 16)).slice(0, longest);
  return redact(short) !== short;
}
