import type { ResponseFormat } from "../../model/request.ts";
import { parseResponseFormat as parseChatResponseFormat } from "../openai-chat/parse-response-format.ts";
import type { RequestBody } from "./request-schema.ts";
import type { PlacedItem } from "./parse-messages.ts";

/** The form that the text of an answer must have, and how the response object shows it. */
export interface TextFormat {
  readonly format: ResponseFormat;
  readonly echo: Readonly<Record<string, unknown>>;
}

const kinds = { text: "text", "json-object": "json_object", "json-schema": "json_schema" } as const;

/**
 * The last format that a `configuration_update` among the items has set, since it stays until the next one; else that
 * of the request. Throws `invalid-request` for a wrong schema, by the name of its field.
 */
export function parseResponseFormat(body: RequestBody, items: readonly PlacedItem[]): TextFormat {
  const updates = items.flatMap(({ item, param }) =>
    item.type === "configuration_update" && item.text?.format !== undefined
      ? [{ wire: item.text.format, at: `${param}.text.format` }]
      : [],
  );
  const { wire, at } = updates.at(-1) ?? { wire: body.text?.format, at: "text.format" };
  const format = parseChatResponseFormat(wire, at, `${at}.schema`);
  // Clients may leave the type out.
  return { format, echo: { ...wire, type: kinds[format.kind] } };
}
