/** OpenAI's legacy Completions: what its route needs of it. */
export { parseCompletion } from "./request.ts";
export { encodeTextCompletion } from "./response.ts";
export { createTextCompletionEncoder } from "./stream-encoder.ts";
