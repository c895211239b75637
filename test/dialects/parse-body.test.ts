import { expect, test } from "vitest";
import { z } from "zod";

import { parseBody } from "../../src/dialects/parse-body.ts";
import { GatewayError } from "../../src/errors.ts";

const schema = z.looseObject({
  name: z.string(),
  size: z.number().max(3).nullish(),
  table: z.record(z.string(), z.unknown()).optional(),
  items: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])).optional(),
  shape: z
    .discriminatedUnion(
      "type",
      [z.object({ type: z.literal("a"), x: z.int() }), z.object({ type: z.literal("b") })],
      { error: "expected type a or b" },
    )
    .optional(),
});

function failure(body: unknown): { param: string | undefined; message: string } {
  try {
    parseBody(schema, body);
  } catch (error) {
    if (error instanceof GatewayError) return { param: error.param, message: error.message };
  }
  throw new Error("It was accepted.");
}

test("what fits passes, unknown fields included", () => {
  expect(parseBody(schema, { name: "n", extra: 1 })).toEqual({ name: "n", extra: 1 });
});

test.each([
  [{}, "name", "'name' is missing: expected string."],
  [{ name: null }, "name", "'name' is not valid: expected string, received null."],
  [{ name: "n", table: "x" }, "table", "'table' is not valid: expected object, received string."],
  [{ name: "n", size: 4 }, "size", "'size' is not valid: Too big: expected number to be <=3."],
  [{ name: "n", items: ["a", 5] }, "items[1]", "'items[1]' is not valid: expected string or object."],
  [
    { name: "n", items: [{ text: 5 }] },
    "items[0].text",
    "'items[0].text' is not valid: expected string, received number.",
  ],
  [{ name: "n", items: [{}] }, "items[0].text", "'items[0].text' is missing: expected string."],
  [{ name: "n", shape: { type: "c" } }, "shape.type", "'shape.type' is not valid: expected type a or b."],
  [{ name: "n", shape: { type: "a" } }, "shape.x", "'shape.x' is missing: expected number."],
  [[], undefined, "The request body must be a JSON object."],
  ["text", undefined, "The request body must be a JSON object."],
  [undefined, undefined, "The request body must be a JSON object."],
])("%j: the wrong field and what is wrong with it", (body, param, message) => {
  expect(failure(body)).toEqual({ param, message });
});
