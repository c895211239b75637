/** Google's Gemini API: what its routes need of it. */
export { encodeEmbedding, encodeEmbeddings } from "./encode-embeddings.ts";
export { encodeError } from "./encode-error.ts";
export { encodeModel, encodeModels } from "./encode-models.ts";
export { encodeResponse } from "./encode-response.ts";
export { createChoicesEncoder, type StreamFraming } from "./encode-stream.ts";
export { parseBatchEmbedding, parseEmbedding } from "./parse-embeddings.ts";
export { parseCountTokens, parseRequest, stripModelPrefix } from "./parse-request.ts";
