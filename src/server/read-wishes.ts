import type { IncomingHttpHeaders } from "node:http";

import { GatewayError, shorten } from "../errors.ts";
import type { ChatRequest } from "../model/request.ts";

/** What a client asks of the gateway itself, for one request. */
export type Wishes = Pick<ChatRequest, "toolDetail" | "historyDiet">;

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
  throw new GatewayError(
    "invalid-request",
    `The header '${name}' must be ${values.join(" or ")}, not '${shorten(String(given))}'.`,
    { param: name },
  );
}

/**
 * Reads the wishes, which have the names and values of settings: `x-tool-detail` is `TOOL_DETAIL`, `x-history-diet` is
 * `HISTORY_DIET`. Throws kind `invalid-request`.
 */
export function readWishes(headers: IncomingHttpHeaders): Wishes {
  const toolDetail = readOneOf(headers, "x-tool-detail", ["auto", "full", "short"]);
  const historyDiet = readOneOf(headers, "x-history-diet", ["on", "off"]);
  return {
    ...(toolDetail === undefined ? {} : { toolDetail }),
    ...(historyDiet === undefined ? {} : { historyDiet: historyDiet === "on" }),
  };
}
