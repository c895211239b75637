import { join } from "node:path";

import { codexInstructions } from "../../../dialects/openai-responses/codex-instructions.ts";
import {
  extraHeaders,
  folderOf,
  keyVariable,
  launchedProvider,
  outputLimit,
  promptForEditTools,
  unlessEmpty,
} from "../agent-settings.ts";
import type { Client, Size, Target } from "../client.ts";

/** A provider as models.json has it. Source: pi's docs/models-configuration.md. */
function provider(target: Target, size: Size, apiKey: string): Record<string, unknown> {
  return {
    name: target.providerName,
    baseUrl: `${target.url}/v1`,
    apiKey,
    api: "openai-completions",
    ...unlessEmpty("headers", extraHeaders(size)),
    models: target.models.map(({ id, contextLength }) => ({
      id,
      name: id,
      ...(contextLength === undefined
        ? {}
        : { contextWindow: contextLength, maxTokens: outputLimit(contextLength) }),
    })),
  };
}

/** An extension that adds the provider for one run: pi has no other way that leaves its own folder alone. */
function extension(target: Target, size: Size): string {
  const { models, ...rest } = provider(target, size, `$${keyVariable}`);
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  return [
    `const provider = ${JSON.stringify(rest)};`,
    `const defaults = ${JSON.stringify({ type: "chat", reasoning: false, input: ["text"], cost })};`,
    `const models = ${JSON.stringify(models)}.map((model) => ({ ...defaults, ...model }));`,
    `export default (pi) => pi.registerProvider("${launchedProvider}", { ...provider, models });`,
    "",
  ].join("\n");
}

const prompts = { default: promptForEditTools(), small: codexInstructions };

/** Of every prompt of ours. */
const firstLine = prompts.default.slice(0, prompts.default.indexOf("\n"));

const savings: Readonly<Record<Size, readonly string[]>> = {
  full: [],
  default: ["--no-skills", "--system-prompt", prompts.default],
  small: ["--no-skills", "--no-context-files", "--tools", "bash", "--system-prompt", prompts.small],
};

/** pi, over Chat Completions. */
export const pi: Client = {
  title: "pi",
  setup(target, size, place) {
    const folder = folderOf(place, "PI_CODING_AGENT_DIR", ".pi", "agent");
    return {
      files: [
        {
          format: "json",
          mark: '"akash"',
          path: join(folder, "models.json"),
          content: { providers: { akash: provider(target, size, target.apiKey) } },
        },
        {
          format: "json",
          mark: '"akash"',
          path: join(folder, "settings.json"),
          content: { defaultProvider: "akash", defaultModel: target.model.id },
        },
        ...(size === "full"
          ? []
          : [
              {
                format: "text",
                mark: firstLine,
                path: join(folder, "SYSTEM.md"),
                content: prompts[size],
              } as const,
            ]),
      ],
      steps: ["Start it with: pi", "Or, without any file: akashchat-api launch pi"],
    };
  },
  program: {
    command: "pi",
    package: "@earendil-works/pi-coding-agent",
    start: (target, size, folder) => ({
      args: [
        "--extension",
        join(folder, "akash.mjs"),
        "--model",
        `${launchedProvider}/${target.model.id}`,
        ...savings[size],
      ],
      environment: { [keyVariable]: target.apiKey },
      files: [{ name: "akash.mjs", content: extension(target, size) }],
    }),
  },
};
