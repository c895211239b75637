import type { ServerRules } from "../server-rules.ts";
import { unknown } from "./unknown.ts";

/** LiteLLM's proxy: what is behind it may insist on tools beside a history with calls (Anthropic, Bedrock). */
export const liteLlm: ServerRules = {
  ...unknown,
  name: "litellm",
  title: "LiteLLM",
  setup: { baseUrl: "http://localhost:4000/v1", underV1: true, description: "LiteLLM's proxy." },
  reasoningFields: ["reasoning_content"],
  thinking: { form: "field", words: ["none", "minimal", "low", "medium", "high", "xhigh"] },
  toolsWithHistory: true,
  discovery: { lists: ["/model/info", "/v1/models"] },
};
