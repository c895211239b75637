import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** OpenRouter: hosts of all kinds behind one address. */
export const openRouter: ServerRules = {
  ...unknown,
  name: "openrouter",
  maxCompletionTokens: true,
  reasoningFields: ["reasoning"],
  reasoningDetails: true,
  thinking: {
    form: "object",
    words: ["minimal", "low", "medium", "high", "xhigh"],
    off: { reasoning: { enabled: false } },
  },
  toolsWithHistory: true,
  discovery: { lists: ["/api/v1/models"] },
  hosts: ["openrouter.ai"],
};
