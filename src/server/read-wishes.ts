import type { IncomingHttpHeaders } from "node:http";

import { GatewayError, shorten } from "../errors.ts";
import type { ChatRequest } from "../model/request.ts";

/** What the headers of one request say of it. */
export type Wishes = Pick<ChatRequest, "toolDetail" | "historyDiet" | "session">;

/** Headers in which agents name their session: Claude Code, Codex, opencode. */
const sessionHeaders = ["x-claude-code-session-id", "session_id", "x-session-affinity"];

/** The value of a header; `undefined` without one. Throws kind `invalid-request` for any other than `values`. */
function readOneOf<Value extends string>(
  headers: IncomingHttpHeaders,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const given = headers[name];
  if (given === undefined || given === "") return undefined;
  const value = values.find((one) => one === String(given).trim().toLowerCase());
  if (value !== undefined) return value;
  const shown = shorten(String(given));
  throw new GatewayError(
    "invalid-request",
    `The header '${name}' must be ${values.join(" or ")}, not '${shown}'.`,
    { param: name, sent: [shown] },
  );
}

/**
 * Reads the wishes, which have the names and values of settings: `x-tool-detail` is `TOOL_DETAIL`, `x-history-diet` is
 * `HISTORY_DIET`; and the session. Throws kind `invalid-request`.
 */
export function readWishes(headers: IncomingHttpHeaders): Wishes {
  const toolDetail = readOneOf(headers, "x-tool-detail", ["auto", "full", "short"]);
  const historyDiet = readOneOf(headers, "x-history-diet", ["on", "off"]);
  const session = sessionHeaders.map((name) => headers[name]).find((value) => typeof value === "string");
  return {
    ...(typeof session === "string" ? { session } : {}),
    ...(toolDetail === undefined ? {} : { toolDetail }),
    ...(historyDiet === undefined ? {} : { historyDiet: historyDiet === "on" }),
  };
}
