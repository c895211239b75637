/** OpenAI's Responses API. */
export { type CatalogueModel, encodeCodexCatalogue } from "./codex-catalogue.ts";
export { keepMessages } from "./compaction.ts";
export { encodeResponsesError } from "./error.ts";
export { parseItemId } from "./item-id.ts";
export {
  parseResponsesBody,
  type ParsedResponses,
  type ResponsesInput,
  toResponsesRequest,
} from "./request.ts";
export { createResponseWriter, type ResponseWriter } from "./response-writer.ts";
export type { WireItem } from "./stored-items.ts";
export { createResponsesStreamEncoder, encodeWireEvent } from "./stream-encoder.ts";
export type { ResponseObject, WireEvent } from "./wire.ts";
