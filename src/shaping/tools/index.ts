export { createEdgeShaper } from "./edge-shaper.ts";
export { describeNativeCall } from "./native-call.ts";
export { createToolPrompt } from "./prompt/create-tool-prompt.ts";
export { renderToolCalls, renderToolResults } from "./prompt/render-history.ts";
export { findMisfits } from "./find-misfits.ts";
export { createToolShapers } from "./create-tool-shapers.ts";
export { createToolCallShaper } from "./tool-call-shaper.ts";
export type { ArgumentsMode, ToolCallShaperOptions, ToolRequest } from "./tool-request.ts";
