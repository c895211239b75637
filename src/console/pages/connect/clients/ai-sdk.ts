import { slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { url, key, model } = slots;

const typescript = strings`import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";

const akash = createOpenAICompatible({
  name: "akash",
  baseURL: "${url}/v1",
  apiKey: "${key}",
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const { textStream } = streamText({ model: akash("${model}"), prompt: "Hello" });`;

/** AI SDK, in TypeScript. */
export const aiSdk: Guide = {
  id: "ai-sdk",
  name: "AI SDK",
  group: "code",
  heading: "### AI SDK",
  dialect: "chat",
  names: [],
  steps: [{ kind: "program", language: "TypeScript", code: typescript }],
};
