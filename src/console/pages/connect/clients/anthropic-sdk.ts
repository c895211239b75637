import { slots, strings } from "../../../domain/snippet.ts";
import { claudeNames, type Guide } from "../guide.ts";

const { url, key, model } = slots;

const python = strings`from anthropic import Anthropic

client = Anthropic(base_url="${url}", api_key="${key}")
message = client.messages.create(
    model="${model}", max_tokens=1000, messages=[{"role": "user", "content": "Hello"}]
)`;

const typescript = strings`import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: "${url}", apiKey: "${key}" });
const message = await client.messages.create({
  model: "${model}",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hello" }],
});`;

/** Anthropic SDK, in Python and TypeScript. */
export const anthropicSdk: Guide = {
  id: "anthropic-sdk",
  name: "Anthropic SDK",
  group: "code",
  heading: "### Anthropic",
  dialect: "messages",
  names: claudeNames,
  steps: [
    { kind: "program", language: "Python", code: python },
    { kind: "program", language: "TypeScript", code: typescript },
  ],
};
