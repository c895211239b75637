import type { ErrorForm } from "../../openapi/reference.ts";
import { encodeError } from "./encode-error.ts";
import { errorSchema } from "./response-schema.ts";

/** Anthropic's errors. */
export const anthropicErrorForm: ErrorForm = {
  name: "AnthropicError",
  schema: errorSchema,
  encode: (error) => encodeError(error, "req_8fT2xQbN4kLrVwZ1mYcP"),
};
