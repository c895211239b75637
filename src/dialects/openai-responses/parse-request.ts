import { GatewayError } from "../../errors.ts";
import { conversationAndPrevious } from "./conversation-errors.ts";
import { refuseUnsafe } from "../find-openai-ignored.ts";
import { parseBody, refuseCrowd } from "../parse-body.ts";
import { createToolMemory } from "../remember-tools.ts";
import type { InputItem } from "./input-schema.ts";
import type { PlacedItem } from "./parse-messages.ts";
import { type RequestBody, requestSchema } from "./request-schema.ts";

/** A body whose form is right; what it refers to is not known yet. */
export interface ResponsesInput {
  readonly body: RequestBody;
  /** `input` as items. */
  readonly items: readonly PlacedItem[];
}

const parseKnown = createToolMemory();

/**
 * Reads a request body. Throws kind `invalid-request` that names the wrong field, and kind `unsupported` for
 * stored prompts, which live on OpenAI's side only.
 */
export function parseRequest(value: unknown): ResponsesInput {
  refuseCrowd(value, ["input", "tools"]);
  const body = parseKnown(value, (one) => parseBody(requestSchema, one));
  if (body.conversation !== undefined && body.previous_response_id !== undefined)
    throw conversationAndPrevious();
  if (body.prompt !== undefined) {
    throw new GatewayError(
      "unsupported",
      "Stored prompts are not supported here. Send their text in instructions and input.",
      { param: "prompt" },
    );
  }
  refuseUnsafe(body);
  if (body.background === true && body.store === false) {
    throw new GatewayError(
      "invalid-request",
      "A background response must be stored: leave out store: false.",
      {
        param: "store",
      },
    );
  }
  if (typeof body.input === "string") {
    const item: InputItem = { type: "message", id: undefined, role: "user", content: body.input };
    return { body, items: [{ item, param: "input" }] };
  }
  const items = (body.input ?? []).map((item, index) => ({ item, param: `input[${index}]` }));
  return { body, items };
}
