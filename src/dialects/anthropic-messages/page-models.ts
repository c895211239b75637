import { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";
import { parseBody } from "../parse-body.ts";
import type { AnthropicModelList } from "./encode-models.ts";

/** Source: https://platform.claude.com/docs/en/api/models-list. Without a `limit` the list is one page. */
const pageQuery = z.looseObject({
  limit: z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(1).max(1000))
    .optional(),
  after_id: z.string().optional(),
  before_id: z.string().optional(),
});

/**
 * The page of a list that a query asks for: the first entries, those right behind `after_id`, or right before
 * `before_id`. Throws kind `invalid-request` that names the parameter.
 */
export function pageModels(list: AnthropicModelList, query: unknown): AnthropicModelList {
  const { limit = list.data.length, after_id: after, before_id: before } = parseBody(pageQuery, query);
  if (after !== undefined && before !== undefined) {
    throw new GatewayError(
      "invalid-request",
      "'after_id' and 'before_id' can't both be given: a page has one neighbour.",
      {
        param: "before_id",
      },
    );
  }

  function find(param: string, id: string): number {
    const at = list.data.findIndex((model) => model.id === id);
    if (at !== -1) return at;
    const shown = shorten(id);
    const text = `'${param}' is not valid: no model of the list has the id '${shown}'.`;
    throw new GatewayError("invalid-request", text, { param, sent: [shown] });
  }

  const end = before === undefined ? undefined : find("before_id", before);
  const start =
    end === undefined ? (after === undefined ? 0 : find("after_id", after) + 1) : Math.max(0, end - limit);
  const data = list.data.slice(start, end ?? start + limit);
  return {
    data,
    has_more: end === undefined ? start + limit < list.data.length : start > 0,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
