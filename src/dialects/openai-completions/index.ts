/** OpenAI's legacy Completions: what its route needs of it. */
export { encodeOpenAiError as encodeError } from "../encode-openai-error.ts";
export { encodeResponse } from "./encode-response.ts";
export { createChoicesEncoder } from "./encode-stream.ts";
export { parseRequest } from "./parse-request.ts";
