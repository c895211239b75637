/** Anthropic's Messages API: what its routes need of it. */
export { encodeAnthropicError } from "./encode-error.ts";
export { encodeAnthropicModel, encodeAnthropicModels, encodeClaudeCodeModels } from "./encode-models.ts";
export { pageModels } from "./page-models.ts";
export { parseCountTokens, parseMessages } from "./parse-request.ts";
export { encodeMessage } from "./encode-response.ts";
export { anthropicPing, createAnthropicEncoder } from "./encode-stream.ts";
export {
  continueThread,
  parseThread,
  type ThreadHistory,
  ThreadNotFoundError,
  toFixed,
  toWireMessages,
  withThreadDetails,
} from "./thread.ts";
