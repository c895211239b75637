import { homedir } from "node:os";
import { join } from "node:path";

import { outputLimit } from "../agent-settings.ts";
import type { Client, Target, TargetModel } from "../client.ts";

/** How the names of our models begin, by which they are known again. */
const prefix = "Akash ";

const entry = ({ url, apiKey }: Target, { id, contextLength }: TargetModel) => ({
  name: prefix + id,
  provider: "openai",
  model: id,
  apiBase: `${url}/v1`,
  apiKey,
  roles: ["chat", "edit", "apply"],
  capabilities: ["tool_use"],
  ...(contextLength === undefined
    ? {}
    : { defaultCompletionOptions: { contextLength, maxTokens: outputLimit(contextLength) } }),
});

/** Continue, with an entry for each model. */
export const continueDev: Client = {
  title: "Continue",
  setup: (target) => ({
    files: [
      {
        format: "yaml",
        mark: `name: ${prefix}`,
        path: join(homedir(), ".continue", "config.yaml"),
        defaults: { name: "Akash Chat", version: "1.0.0", schema: "v1" },
        content: { models: target.models.map((model) => entry(target, model)) },
        owns: ({ name }) => typeof name === "string" && name.startsWith(prefix),
      },
    ],
    steps: ["Reload the editor window."],
  }),
};
