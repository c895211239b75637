/** Ollama's embeddings: what its routes need of them. */
export { encodeOllamaError as encodeError } from "../encode-ollama-error.ts";
export { encodePromptResponse, encodeResponse } from "./encode-response.ts";
export { parsePromptRequest, parseRequest } from "./parse-request.ts";
