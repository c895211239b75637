/** OpenAI's legacy Completions: what its route needs of it. */
export { parseCompletion } from "./parse-request.ts";
export { encodeTextCompletion } from "./encode-response.ts";
export { createTextCompletionEncoder } from "./encode-stream.ts";
