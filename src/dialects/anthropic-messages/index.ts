/** Anthropic's Messages API: what its routes need of it. */
export { encodeError } from "./encode-error.ts";
export { encodeClaudeCodeModels, encodeModel, encodeModels } from "./encode-models.ts";
export { encodeResponse } from "./encode-response.ts";
export { createStreamEncoder } from "./encode-stream.ts";
export { pageModels } from "./page-models.ts";
export { parseCountTokens, parseRequest } from "./parse-request.ts";
export {
  continueThread,
  parseThread,
  type ThreadHistory,
  ThreadNotFoundError,
  toFixed,
  toWireMessages,
  withThreadDetails,
} from "./thread.ts";
