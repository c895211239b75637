import { z } from "zod";

import type { ErrorForm } from "../openapi/reference.ts";
import { encodeOllamaError } from "./encode-ollama-error.ts";

/** What `encodeOllamaError` answers, and the last line of a stream that failed. */
export const ollamaError = z.object({ error: z.string().describe("What happened, and what to do.") });

/** Ollama's errors. */
export const ollamaErrorForm: ErrorForm = {
  name: "OllamaError",
  schema: ollamaError,
  encode: encodeOllamaError,
};
