import { place, shell, slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { url, key, model } = slots;
const provider = place("provider");
const context = place("context");
const output = place("output");
// Zed reads the key of a provider from a variable of its name.
const keyVariable = place("keyVariable");

const settings = strings`{
  "language_models": {
    "openai_compatible": {
      "${provider}": {
        "api_url": "${url}/v1",
        "available_models": [
          {
            "name": "${model}",
            "display_name": "${model}",
            "max_tokens": ${context},
            "max_output_tokens": ${output},
            "capabilities": {
              "tools": true,
              "images": false,
              "parallel_tool_calls": true,
              "prompt_cache_key": false
            }
          }
        ]
      }
    }
  },
  "agent": { "default_model": { "provider": "${provider}", "model": "${model}" } }
}`;

const variable = shell`export ${keyVariable}=${key}`;

/** Zed, over Chat Completions. */
export const zed: Guide = {
  id: "zed",
  name: "Zed",
  group: "apps",
  heading: "### Zed",
  dialect: "chat",
  canWrite: true,
  names: [],
  steps: [
    { kind: "file", path: "~/.config/zed/settings.json", code: settings },
    { kind: "shell", code: variable },
  ],
};
