import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { codexInstructions } from "../../../dialects/openai-responses/codex-instructions.ts";
import {
  extraHeaders,
  folderOf,
  launchedProvider,
  outputLimit,
  promptForEditTools,
  unlessEmpty,
} from "../agent-settings.ts";
import type { Place } from "../../terminal.ts";
import type { Client, Size, Target } from "../client.ts";
import { mergeJson, type JsonObject } from "../merge-json.ts";

/** Beside the configuration file, which names it. */
const promptFile = "akashchat-prompt.md";
const prompts = { default: promptForEditTools(), small: codexInstructions };

/** The smallest size leaves out what a project says, also its AGENTS.md. */
const withoutProject = { OPENCODE_DISABLE_PROJECT_CONFIG: "1" };

const rarelyNeeded = [
  "codesearch",
  "glob",
  "grep",
  "lsp",
  "question",
  "skill",
  "task",
  "todoread",
  "todowrite",
  "webfetch",
  "websearch",
];

/** What is left out of every request. In the smallest size only the shell stays. */
function savings(size: Size, prompt: string): Record<string, unknown> {
  if (size === "full") return {};
  const denied = size === "small" ? [...rarelyNeeded, "edit", "read", "write"] : rarelyNeeded;
  return {
    agent: { build: { prompt }, plan: { prompt }, title: { disable: true } },
    permission: Object.fromEntries(denied.map((tool) => [tool, "deny"])),
  };
}

/** opencode's configuration file. Source: opencode.ai config schema. */
function config(
  target: Target,
  size: Size,
  { provider, prompt }: { readonly provider: string; readonly prompt: string },
): Record<string, unknown> {
  return {
    $schema: "https://opencode.ai/config.json",
    model: `${provider}/${target.model.id}`,
    provider: {
      [provider]: {
        npm: "@ai-sdk/openai-compatible",
        name: target.providerName,
        options: {
          baseURL: `${target.url}/v1`,
          apiKey: target.apiKey,
          ...unlessEmpty("headers", extraHeaders(size)),
        },
        models: Object.fromEntries(
          target.models.map(({ id, contextLength }) => [
            id,
            {
              name: id,
              tool_call: true,
              ...(contextLength === undefined
                ? {}
                : { limit: { context: contextLength, output: outputLimit(contextLength) } }),
            },
          ]),
        ),
      },
    },
    ...savings(size, `{file:${prompt}}`),
  };
}

/** opencode reads both, and what the second says wins. */
function configFile(folder: string, place: Place): string {
  const commented = join(folder, "opencode.jsonc");
  return existsSync(resolve(place.folder, commented)) ? commented : join(folder, "opencode.json");
}

/** Files may name a model for an agent, or for titles: no other than the chosen one is asked. */
function chooseModel(settings: JsonObject, model: string): JsonObject {
  const agents = { build: { model }, plan: { model } };
  return mergeJson(settings, { small_model: model, agent: agents });
}

/** opencode, over Chat Completions. */
export const opencode: Client = {
  title: "opencode",
  setup(target, size, place) {
    const folder = join(folderOf(place, "XDG_CONFIG_HOME", ".config"), "opencode");
    return {
      files: [
        {
          format: "json",
          mark: '"akash"',
          path: configFile(folder, place),
          content: config(target, size, { provider: "akash", prompt: `./${promptFile}` }),
        },
        ...(size === "full"
          ? []
          : [
              {
                format: "text",
                // By its name it is ours.
                mark: "",
                path: join(folder, promptFile),
                content: prompts[size],
              } as const,
            ]),
      ],
      ...(size === "small" ? { environment: withoutProject } : {}),
      steps: ["Start it with: opencode", "Or, without any file: akashchat-api launch opencode"],
    };
  },
  program: {
    command: "opencode",
    package: "opencode-ai",
    start(target, size, folder) {
      const settings = config(target, size, {
        provider: launchedProvider,
        prompt: join(folder, promptFile),
      });
      return {
        args: [],
        environment: {
          // Wins over every file; one named by OPENCODE_CONFIG would lose against the project's.
          OPENCODE_CONFIG_CONTENT: JSON.stringify(
            chooseModel(settings, `${launchedProvider}/${target.model.id}`),
          ),
          ...(size === "small" ? withoutProject : {}),
        },
        files: size === "full" ? [] : [{ name: promptFile, content: prompts[size] }],
      };
    },
  },
};
