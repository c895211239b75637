/** OpenAI's Responses API. */
export { type CatalogueModel, encodeCodexCatalogue } from "./encode-models.ts";
export { keepMessages } from "./compaction.ts";
export { encodeError } from "./encode-error.ts";
export { parseItemId } from "./item-id.ts";
export { parseRequest, type ResponsesInput } from "./parse-request.ts";
export { type ParsedResponses, resolveRequest } from "./resolve-request.ts";
export { createResponseWriter, type ResponseWriter } from "./response-writer.ts";
export type { WireItem } from "./stored-items.ts";
export { createStreamEncoder, encodeWireEvent } from "./encode-stream.ts";
export type { ResponseObject, WireEvent } from "./wire.ts";
