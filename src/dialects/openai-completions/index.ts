/** OpenAI's legacy Completions: what its route needs of it. */
export { parseRequest } from "./parse-request.ts";
export { encodeResponse } from "./encode-response.ts";
export { createChoicesEncoder } from "./encode-stream.ts";
