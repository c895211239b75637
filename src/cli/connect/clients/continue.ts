import { join } from "node:path";

import { homeFolder } from "../../../home-folder.ts";

import { outputLimit } from "../agent-settings.ts";
import type { Client, ProviderName, Target, TargetModel } from "../client.ts";

/** How the names of our models begin, by which they are known again. */
const prefixes: Readonly<Record<ProviderName, string>> = {
  "Akash Chat": "Akash ",
  "akashchat-api": "akashchat-api ",
};

const entry = (target: Target, { id, contextLength }: TargetModel) => ({
  name: prefixes[target.providerName] + id,
  provider: "openai",
  model: id,
  apiBase: `${target.url}/v1`,
  apiKey: target.apiKey,
  roles: ["chat", "edit", "apply"],
  capabilities: ["tool_use"],
  ...(contextLength === undefined
    ? {}
    : { defaultCompletionOptions: { contextLength, maxTokens: outputLimit(contextLength) } }),
});

/** Continue, with an entry for each model. */
export const continueDev: Client = {
  title: "Continue",
  setup: (target, _size, { environment }) => ({
    files: [
      {
        format: "yaml",
        mark: `name: ${prefixes[target.providerName]}`,
        path: join(homeFolder(environment), ".continue", "config.yaml"),
        defaults: { name: target.providerName, version: "1.0.0", schema: "v1" },
        content: { models: target.models.map((model) => entry(target, model)) },
        owns: ({ name }) =>
          typeof name === "string" && Object.values(prefixes).some((prefix) => name.startsWith(prefix)),
      },
    ],
    steps: ["Reload the editor window."],
  }),
};
