/** OpenAI's Chat Completions: what its route needs of it. */
export { encodeChatError } from "./error.ts";
export { parseChatCompletion } from "./request.ts";
export { encodeChatCompletion } from "./response.ts";
export { createChatEncoder, createChoicesEncoder } from "./stream-encoder.ts";
