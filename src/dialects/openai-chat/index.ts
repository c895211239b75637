/** OpenAI's Chat Completions: what its route needs of it. */
export { encodeError } from "./encode-error.ts";
export { parseRequest } from "./parse-request.ts";
export { encodeResponse } from "./encode-response.ts";
export { createStreamEncoder, createChoicesEncoder } from "./encode-stream.ts";
