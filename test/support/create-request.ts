import type { ChatRequest } from "../../src/model/request.ts";

/** A request that asks for nothing special: one question, everything else as when the client leaves it out. */
export function createRequest(extra: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: "DeepSeek-V3.2",
    messages: [{ role: "user", parts: [{ type: "text", text: "Hello?" }] }],
    tools: [],
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling: {},
    stopSequences: [],
    ...extra,
  };
}
