/** Ollama's generate API: what its route needs of it. */
export { encodeOllamaError as encodeError } from "../encode-ollama-error.ts";
export { encodeLoad, encodeResponse } from "./encode-response.ts";
export { createStreamEncoder } from "./encode-stream.ts";
export { parseRequest } from "./parse-request.ts";
