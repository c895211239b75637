import { join } from "node:path";

import { folderOf, outputLimit } from "../agent-settings.ts";
import type { Client, TargetModel } from "../client.ts";

const entry = ({ id, contextLength = 64_000 }: TargetModel) => ({
  name: id,
  display_name: id,
  max_tokens: contextLength,
  max_output_tokens: outputLimit(contextLength),
  capabilities: {
    tools: true,
    images: false,
    parallel_tool_calls: true,
    prompt_cache_key: false,
  },
});

/** Zed reads the key of a provider from a variable of its name: `AKASH_CHAT_API_KEY`. */
const keyNameOf = (provider: string) => `${provider.toUpperCase().replace(/[^A-Z\d]+/g, "_")}_API_KEY`;

/** Zed, with an entry for each model. */
export const zed: Client = {
  title: "Zed",
  setup: (target, _size, place) => ({
    files: [
      {
        format: "json",
        mark: JSON.stringify(target.providerName),
        path: join(folderOf(place, "XDG_CONFIG_HOME", ".config"), "zed", "settings.json"),
        content: {
          language_models: {
            openai_compatible: {
              [target.providerName]: {
                api_url: `${target.url}/v1`,
                available_models: target.models.map(entry),
              },
            },
          },
          agent: { default_model: { provider: target.providerName, model: target.model.id } },
        },
      },
    ],
    environment: { [keyNameOf(target.providerName)]: target.apiKey },
    steps: ["Zed reads the key from that variable, or asks for it in its agent panel's settings."],
  }),
};
