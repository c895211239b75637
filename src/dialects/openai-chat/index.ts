/** OpenAI's Chat Completions: what its route needs of it. */
export { encodeChatError } from "./encode-error.ts";
export { parseChatCompletion } from "./parse-request.ts";
export { encodeChatCompletion } from "./encode-response.ts";
export { createChatEncoder, createChoicesEncoder } from "./encode-stream.ts";
