import type { z } from "zod";

import { GatewayError, shorten } from "../errors.ts";
import { findCrowd } from "./find-crowd.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** `["messages", 0, "content"]` -> `messages[0].content`. */
function toParam(path: Path): string {
  let param = "";
  for (const key of path) {
    if (typeof key === "number") param += `[${key}]`;
    else param += `${param === "" ? "" : "."}${shorten(String(key))}`;
  }
  return param;
}

/**
 * The issue that tells most: inside a union the one of the branch that got furthest, because that is the form
 * that the client meant. A branch of the right type that has another complaint got further than one of the
 * wrong type.
 */
function mostTelling(issue: Issue, prefix: Path): { issue: Issue; path: Path } {
  const here = [...prefix, ...issue.path];
  if (issue.code !== "invalid_union") return { issue, path: here };
  const branches = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map((inner) => mostTelling(inner, here))
    .filter((found) => found.path.length > here.length || found.issue.code !== "invalid_type")
    .sort((a, b) => b.path.length - a.path.length);
  return branches[0] ?? { issue, path: here };
}

/** What stands at a path of the body; `undefined` if nothing does. */
function valueAt(body: unknown, path: Path): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** What is wrong, without zod's own opening words. */
function toText(issue: Issue): string {
  if (issue.code === "invalid_union") {
    const expected = issue.errors.flatMap((branch) =>
      branch.flatMap((inner) =>
        inner.code === "invalid_type" ? [inner.expected.replace("record", "object")] : [],
      ),
    );
    if (expected.length > 0) return `expected ${[...new Set(expected)].join(" or ")}`;
  }
  return (
    issue.message
      .replace(/^Invalid input: /, "")
      .replace(/^Invalid option: /, "")
      // Its word for an object with any keys.
      .replace(/^expected record/, "expected object")
      // And for a field of any kind.
      .replace(/^expected nonoptional/, "expected a value")
  );
}

/** Throws kind `invalid-request` when one of the body's long lists is too long to be read. */
export function refuseCrowd(body: unknown, fields: Parameters<typeof findCrowd>[1]): void {
  const crowd = findCrowd(body, fields);
  if (crowd === undefined) return;
  const { field, text } = crowd;
  throw new GatewayError("invalid-request", `'${field}' is not valid: ${text}.`, { param: field });
}

/**
 * Parses a client's body. Throws kind `invalid-request` with a text that names the first wrong field, which is
 * also `param`, in the client's own spelling.
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new GatewayError("invalid-request", "The request body must be a JSON object.");
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  if (first === undefined) throw new GatewayError("invalid-request", "The request body is not valid.");
  const { issue, path } = mostTelling(first, []);
  const [unknown] = issue.code === "unrecognized_keys" ? issue.keys : [];
  if (unknown !== undefined) {
    const field = toParam([...path, unknown]);
    const sent = [shorten(unknown)];
    throw new GatewayError("invalid-request", `There is no field '${field}' here.`, { param: field, sent });
  }
  const param = toParam(path);
  const text = toText(issue);
  if (param === "") throw new GatewayError("invalid-request", `The request body is not valid: ${text}.`);
  const message =
    valueAt(body, path) === undefined
      ? `'${param}' is missing: ${text.replace(/, received undefined$/, "")}.`
      : `'${param}' is not valid: ${text.replace(/\.$/, "")}.`;
  // The names of metadata are the client's own.
  const [field, name] = path;
  const sent = field === "metadata" && name !== undefined ? [shorten(String(name))] : [];
  throw new GatewayError("invalid-request", message, { param, sent });
}
