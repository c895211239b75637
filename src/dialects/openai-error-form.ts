import type { ErrorForm } from "../openapi/reference.ts";
import { encodeOpenAiError } from "./encode-openai-error.ts";
import { openAiError } from "./openai-error-schema.ts";

/** OpenAI's errors, as most routes of its APIs have them. */
export const openAiErrorForm: ErrorForm = {
  name: "OpenAiError",
  schema: openAiError,
  encode: encodeOpenAiError,
};
