/** Anthropic's Messages API: what its routes need of it. */
export { encodeAnthropicError } from "./error.ts";
export { encodeAnthropicModel, encodeAnthropicModels, encodeClaudeCodeModels } from "./models.ts";
export { pageModels } from "./page-models.ts";
export { parseCountTokens, parseMessages } from "./request.ts";
export { encodeMessage } from "./response.ts";
export { anthropicPing, createAnthropicEncoder } from "./stream-encoder.ts";
export {
  continueThread,
  parseThread,
  type ThreadHistory,
  ThreadNotFoundError,
  toFixed,
  toWireMessages,
  withThreadDetails,
} from "./thread.ts";
