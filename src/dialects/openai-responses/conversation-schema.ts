import { z } from "zod";

import { wireForms } from "../../openapi/wire-form.ts";
import { optional } from "../optional.ts";
import { inputItem } from "./input-schema.ts";

/** As OpenAI's API has them. */
const mostItems = 20;
const mostEntries = 16;
const longestKey = 64;
const longestValue = 512;

const metadata = z
  .unknown()
  // Counted before it is read, as reading is what takes long.
  .refine((value) => Object.keys(Object(value)).length <= mostEntries, {
    error: `expected at most ${mostEntries} entries`,
    abort: true,
  })
  .pipe(z.record(z.string(), z.string().max(longestValue, `expected at most ${longestValue} characters`)))
  .refine((value) => Object.keys(value).every((key) => key.length <= longestKey), {
    error: `expected keys of at most ${longestKey} characters`,
  })
  .register(wireForms, {
    show: () => ({
      type: "object",
      additionalProperties: { type: "string", maxLength: longestValue },
      propertyNames: { maxLength: longestKey },
      maxProperties: mostEntries,
    }),
  });

const items = z.array(inputItem);
const tooMany = `expected at most ${mostItems} items at a time`;

/** The body of `POST /v1/conversations`. Source: OpenAI's reference, "Create a conversation". */
export const conversationSchema = z.looseObject({
  items: optional(items.max(mostItems, tooMany)),
  metadata: optional(metadata),
});

/** The body of `POST /v1/conversations/{id}`; null forgets all metadata. */
export const conversationUpdateSchema = z.looseObject({ metadata: metadata.nullable() });

/** The body of `POST /v1/conversations/{id}/items`. */
export const conversationItemsSchema = z.looseObject({
  items: items.min(1, "expected at least one item").max(mostItems, tooMany),
});
