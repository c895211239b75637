/** OpenAI's Responses: what its routes and the service behind them need of it. */
export { keepMessages } from "./compaction.ts";
export { conversationLocked, conversationNotFound } from "./conversation-errors.ts";
export { encodeConversation, encodeDeletedConversation, encodeItemList } from "./encode-conversation.ts";
export { encodeError } from "./encode-error.ts";
export { encodeCodexCatalogue } from "./encode-models.ts";
export { createStreamEncoder, encodeWireEvent } from "./encode-stream.ts";
export { parseItemId } from "./item-id.ts";
export { parseConversation, parseConversationItems, parseConversationUpdate } from "./parse-conversation.ts";
export type { ParsedConversation } from "./parse-conversation.ts";
export type { PlacedItem } from "./parse-messages.ts";
export { parseRequest, type ResponsesInput } from "./parse-request.ts";
export { resolveConversationItems } from "./resolve-items.ts";
export { type ParsedResponses, resolveRequest } from "./resolve-request.ts";
export { createResponseReader, encodeEnd } from "./response-reader.ts";
export { createResponseWriter, type ResponseWriter } from "./response-writer.ts";
export type { WireItem } from "./stored-items.ts";
export type { ResponseObject, WireEvent } from "./wire.ts";
