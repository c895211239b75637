import type { RawScript } from "./types.ts";

/**
 * The reply of a recorded case: a line of JSON with `status`, `headers` and the exact `body`, as those of
 * `test/fixtures/compatible-servers.jsonl`. Throws when it is something else.
 */
export function replyFromCase(line: string): RawScript {
  const { status, headers, body } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  if (typeof status !== "number" || typeof body !== "string" || !isHeaders(headers)) {
    throw new TypeError("A case has a status, headers of texts, and a body of text.");
  }
  return { kind: "raw", status, headers, body };
}

function isHeaders(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((header) => typeof header === "string")
  );
}
