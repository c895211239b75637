/** OpenAI's Responses: what its routes and the service behind them need of it. */
export { keepMessages } from "./compaction.ts";
export { encodeError } from "./encode-error.ts";
export { encodeCodexCatalogue } from "./encode-models.ts";
export { createStreamEncoder, encodeWireEvent } from "./encode-stream.ts";
export { parseItemId } from "./item-id.ts";
export { parseRequest, type ResponsesInput } from "./parse-request.ts";
export { type ParsedResponses, resolveRequest } from "./resolve-request.ts";
export { createResponseReader, encodeEnd } from "./response-reader.ts";
export { createResponseWriter, type ResponseWriter } from "./response-writer.ts";
export type { WireItem } from "./stored-items.ts";
export type { ResponseObject, WireEvent } from "./wire.ts";
