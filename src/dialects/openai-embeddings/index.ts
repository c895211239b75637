/** OpenAI's Embeddings: what its route needs of it. */
export { encodeOpenAiError as encodeError } from "../encode-openai-error.ts";
export { encodeResponse } from "./encode-response.ts";
export { parseRequest } from "./parse-request.ts";
