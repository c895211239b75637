import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** OpenRouter: hosts of all kinds behind one address. */
export const openRouter: ServerRules = {
  ...unknown,
  name: "openrouter",
  title: "OpenRouter",
  setup: {
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
    underV1: false,
    description: "OpenRouter.",
  },
  maxCompletionTokens: true,
  sampling: { ...unknown.sampling, topK: "top_k", minP: "min_p", repetitionPenalty: "repetition_penalty" },
  reasoningFields: ["reasoning"],
  reasoningDetails: true,
  thinking: {
    form: "object",
    words: ["minimal", "low", "medium", "high", "xhigh"],
    off: { reasoning: { enabled: false } },
  },
  toolsWithHistory: true,
  routes: { embeddings: true, completions: true, pictures: false, audio: false },
  discovery: { lists: ["/api/v1/models"] },
  hosts: ["openrouter.ai"],
};
