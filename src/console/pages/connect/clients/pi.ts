import { place, slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";
import { editToolsPrompt } from "./prompts.ts";

const { url, key, model } = slots;
const provider = place("provider");
const context = place("context");
const output = place("output");

const models = strings`{
  "providers": {
    "akash": {
      "name": "${provider}",
      "baseUrl": "${url}/v1",
      "apiKey": "${key}",
      "api": "openai-completions",
      "models": [
        {
          "id": "${model}",
          "name": "${model}",
          "contextWindow": ${context},
          "maxTokens": ${output}
        }
      ]
    }
  }
}`;

const settings = strings`{
  "defaultProvider": "akash",
  "defaultModel": "${model}"
}`;

/** pi, over Chat Completions. */
export const pi: Guide = {
  id: "pi",
  name: "pi",
  group: "agents",
  heading: "### pi",
  dialect: "chat",
  canLaunch: true,
  canWrite: true,
  firstRequest: 880,
  names: [],
  steps: [
    { kind: "file", path: "~/.pi/agent/models.json", code: models },
    { kind: "file", path: "~/.pi/agent/settings.json", code: settings },
    { kind: "text", path: "~/.pi/agent/SYSTEM.md", text: editToolsPrompt },
  ],
};
