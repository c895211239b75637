/** OpenAI's Chat Completions: what its route needs of it. */
export { encodeError } from "./encode-error.ts";
export { encodeResponse } from "./encode-response.ts";
export { createChoicesEncoder, createStreamEncoder } from "./encode-stream.ts";
export { parseRequest } from "./parse-request.ts";
