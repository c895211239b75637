import { homedir } from "node:os";
import { join } from "node:path";

import { outputLimit } from "../agent-settings.ts";
import type { Client, Target, TargetModel } from "../client.ts";

function modelLines(target: Target, { id, contextLength }: TargetModel): string[] {
  return [
    `  - name: ${JSON.stringify(`Akash ${id}`)}`,
    "    provider: openai",
    `    model: ${JSON.stringify(id)}`,
    `    apiBase: ${JSON.stringify(`${target.url}/v1`)}`,
    `    apiKey: ${JSON.stringify(target.apiKey)}`,
    "    roles: [chat, edit, apply]",
    "    capabilities: [tool_use]",
    ...(contextLength === undefined
      ? []
      : [
          "    defaultCompletionOptions:",
          `      contextLength: ${contextLength}`,
          `      maxTokens: ${outputLimit(contextLength)}`,
        ]),
  ];
}

const note = "# Written by akashchat-api; connect replaces a file that begins with this line.";

/** Continue, with an entry for each model. */
export const continueDev: Client = {
  title: "Continue",
  setup: (target) => ({
    files: [
      {
        format: "text",
        mark: note,
        path: join(homedir(), ".continue", "config.yaml"),
        content: [
          note,
          "name: Akash Chat",
          "version: 1.0.0",
          "schema: v1",
          "models:",
          ...target.models.flatMap((model) => modelLines(target, model)),
          "",
        ].join("\n"),
      },
    ],
    steps: ["Reload the editor window."],
  }),
};
