import { place, slots, yaml } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { key, model } = slots;
const baseUrl = place("url", { after: "/v1" });
const provider = place("provider");
const context = place("context");
const output = place("output");
const modelName = place("modelName");

const config = yaml`name: ${provider}
version: 1.0.0
schema: v1
models:
  - name: ${modelName}
    provider: openai
    model: ${model}
    apiBase: ${baseUrl}
    apiKey: ${key}
    roles:
      - chat
      - edit
      - apply
    capabilities:
      - tool_use
    defaultCompletionOptions:
      contextLength: ${context}
      maxTokens: ${output}`;

/** Continue, over Chat Completions. */
export const continueDev: Guide = {
  id: "continue",
  name: "Continue",
  group: "apps",
  heading: "### Continue",
  dialect: "chat",
  canWrite: true,
  names: [],
  steps: [{ kind: "file", path: "~/.continue/config.yaml", code: config }],
};
