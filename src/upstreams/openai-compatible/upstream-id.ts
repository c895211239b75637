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

/** The server's own id of a request, for the log and a response header; never ours, and never longer than 200 characters. */
export function readUpstreamId(header: HeaderReader): string | undefined {
  const id = names.map((name) => header(name)?.trim()).find((value) => value !== undefined && value !== "");
  return id === undefined ? undefined : id.replace(/[^\x21-\x7e]/g, "").slice(0, 200) || undefined;
}
