import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** AkashML, the paid API of Akash. */
export const akashMl: ServerRules = {
  ...unknown,
  name: "akashml",
  title: "AkashML",
  setup: {
    baseUrl: "https://api.akashml.com/v1",
    keyVariable: "AKASHML_API_KEY",
    underV1: true,
    description: "AkashML, the paid API of Akash.",
  },
  maxCompletionTokens: true,
  sampling: { ...unknown.sampling, topK: "top_k", minP: "min_p", repetitionPenalty: "repetition_penalty" },
  reasoningFields: ["reasoning_content"],
  thinking: {
    form: "object",
    words: ["minimal", "low", "medium", "high", "xhigh"],
    off: { reasoning: { enabled: false } },
  },
  capabilities: { ...unknown.capabilities, jsonObject: "native" },
  routes: { embeddings: false, completions: true, pictures: false, audio: false },
  hosts: ["akashml.com"],
};
