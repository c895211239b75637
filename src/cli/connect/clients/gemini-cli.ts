import { join } from "node:path";

import {
  codexInstructions,
  writeInstructions,
} from "../../../dialects/openai-responses/codex-instructions.ts";
import { extraHeaders, folderOf, outputLimit } from "../agent-settings.ts";
import type { Client, Size, Target } from "../client.ts";

/**
 * Presets by which Gemini CLI asks: `base`, of which those of the conversation and of its side jobs are made, and the one by which it sums up what
 * a model that it does not know has said. Source: `DEFAULT_MODEL_CONFIGS` of its version 0.61.
 */
const presets = ["base", "chat-compression-default"];

/** It takes every model that it does not know for one of so many tokens, and sums up at a part of them. */
const assumedContext = 1_048_576;

/** When it shall sum up: what is left of the context is for an answer. */
const fullAt = 0.7;

/** What is left out of every request, and requests of its own that it makes beside the task's. */
function savings(size: Size): Record<string, unknown> {
  if (size === "full") return {};
  const small = size === "small";
  return {
    tools: {
      core: small ? ["run_shell_command"] : ["read_file", "replace", "run_shell_command", "write_file"],
    },
    context: {
      includeDirectoryTree: false,
      // No file of this name is there, so that no GEMINI.md is read.
      ...(small ? { fileName: ["none.akashchat"] } : {}),
    },
    skills: { enabled: false },
    experimental: { enableAgents: false },
    useWriteTodos: false,
  };
}

/** Gemini CLI's settings. Source: its docs/reference/configuration.md. */
function settings({ model }: Target, size: Size): Record<string, unknown> {
  const { id, contextLength } = model;
  const modelConfig = {
    model: id,
    ...(contextLength === undefined
      ? {}
      : { generateContentConfig: { maxOutputTokens: outputLimit(contextLength) } }),
  };
  return {
    security: { auth: { selectedType: "gemini-api-key" } },
    model: {
      name: id,
      ...(contextLength === undefined
        ? {}
        : { compressionThreshold: Math.round((fullAt * contextLength * 10_000) / assumedContext) / 10_000 }),
    },
    modelConfigs: {
      // Whatever it asks for by a name of Google's is the same model.
      overrides: presets.map((preset) => ({ match: { model: preset }, modelConfig })),
    },
    general: {
      // Each try spends the budget, and the gateway has tried already.
      maxAttempts: 3,
      ...(size === "full" ? {} : { plan: { enabled: false }, topicUpdateNarration: false }),
    },
    privacy: { usageStatisticsEnabled: false },
    ...savings(size),
  };
}

const editing =
  "- Edit with replace: read the file first, give the old text exactly as it stands there, long enough to be unique. Write new files with write_file.";

const prompts = {
  default: writeInstructions(editing, "GEMINI.md"),
  small: codexInstructions,
};

const headersVariable = "GEMINI_CLI_CUSTOM_HEADERS";

/** What is no file: the address, the key, and a header of the smallest size. */
function environment({ url, apiKey }: Target, size: Size): Record<string, string> {
  const headers = Object.entries(extraHeaders(size)).map(([name, value]) => `${name}: ${value}`);
  return {
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_API_KEY: apiKey,
    ...(headers.length === 0 ? {} : { [headersVariable]: headers.join(",") }),
  };
}

const owned: ReadonlySet<unknown> = new Set(presets);

/** Gemini CLI, over Google's own API. */
export const geminiCli: Client = {
  title: "Gemini CLI",
  setup: (target, size, place) => ({
    files: [
      {
        format: "json",
        mark: '"chat-compression-default"',
        path: join(folderOf(place, "GEMINI_CLI_HOME"), ".gemini", "settings.json"),
        content: settings(target, size),
        owns: ({ match }) =>
          typeof match === "object" && match !== null && owned.has(Reflect.get(match, "model")),
      },
    ],
    environment: environment(target, size),
    steps: [
      "Start it with: gemini",
      "Or, with a shorter prompt and without any file: akashchat-api launch gemini-cli",
    ],
  }),
  program: {
    command: "gemini",
    package: "@google/gemini-cli",
    start: (target, size, folder, place) => ({
      args: ["--model", target.model.id],
      environment: {
        // It reads the .env of its folder for each variable that is not there: the headers of another service, and their keys, don't belong here.
        [headersVariable]: "",
        ...environment(target, size),
        // A home of this run's own: a user's settings can't choose another provider. Which folders are trusted stays the user's.
        GEMINI_CLI_HOME: folder,
        GEMINI_CLI_TRUSTED_FOLDERS_PATH: join(
          folderOf(place, "GEMINI_CLI_HOME"),
          ".gemini",
          "trustedFolders.json",
        ),
        ...(size === "full" ? {} : { GEMINI_SYSTEM_MD: join(folder, "system.md") }),
      },
      files: [
        { name: join(".gemini", "settings.json"), content: JSON.stringify(settings(target, size)) },
        ...(size === "full" ? [] : [{ name: "system.md", content: prompts[size] }]),
      ],
    }),
  },
  notes({ url }) {
    const { protocol, hostname } = new URL(url);
    if (protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname)) return [];
    return [`Gemini CLI takes http:// from this machine alone: give ${hostname} an https:// address.`];
  },
};
