import { join } from "node:path";

import { codexInstructions } from "../../../dialects/openai-responses/codex-instructions.ts";
import {
  extraHeaders,
  folderOf,
  keyVariable,
  launchedProvider,
  outputLimit,
  unlessEmpty,
} from "../agent-settings.ts";
import type { Client, Size, Target } from "../client.ts";
import { toTomlValue } from "../formats/toml-file.ts";

type Value = string | number | boolean | { readonly [name: string]: Value };

const instructionsFile = "akashchat-instructions.md";

/** Codex's configuration. Source: its configuration reference; what each key saves was measured. */
function settings(
  target: Target,
  size: Size,
  { id, instructions }: { readonly id: string; readonly instructions: string },
): Record<string, Value> {
  const { model, url } = target;
  const { contextLength } = model;
  const window =
    contextLength === undefined
      ? {}
      : {
          model_context_window: contextLength,
          // At a prompt that is too long it ends the task. By itself it sums up at 90 %, which one turn may exceed.
          model_auto_compact_token_limit: contextLength - outputLimit(contextLength),
        };
  const provider = {
    // The name "OpenAI" would make it ask for compaction on the server.
    name: target.providerName,
    base_url: `${url}/v1`,
    env_key: keyVariable,
    wire_api: "responses",
    // By default it asks 30 times when the upstream fails steadily, and every time counts.
    request_max_retries: 1,
    stream_max_retries: 2,
    ...unlessEmpty("http_headers", extraHeaders(size)),
  };
  const base = { model: model.id, model_provider: id, ...window };
  if (size === "full") return { ...base, model_providers: { [id]: provider } };
  return {
    ...base,
    model_instructions_file: instructions,
    tool_output_token_limit: size === "small" ? 1_000 : 2_000,
    ...(size === "small" ? { project_doc_max_bytes: 0 } : {}),
    web_search: "disabled",
    include_permissions_instructions: false,
    include_apps_instructions: false,
    include_collaboration_mode_instructions: false,
    model_providers: {
      [id]: {
        ...provider,
        ...(target.codexCatalogue ? { model_catalog_url: `${url}/v1/models` } : {}),
      },
    },
    features: {
      ...(target.codexCatalogue ? { api_key_model_discovery: true } : {}),
      goals: false,
      view_image: false,
    },
    agents: { enabled: false },
    skills: { include_instructions: false, bundled: { enabled: false } },
    tools: { experimental_request_user_input: { enabled: false } },
  };
}

const isTable = (value: Value): value is { readonly [name: string]: Value } => typeof value === "object";

/** The settings as the values of `-c`: one for each leaf. */
function toOverrides(table: { readonly [name: string]: Value }, path: readonly string[] = []): string[] {
  return Object.entries(table).flatMap(([name, value]) =>
    isTable(value) && name !== "http_headers"
      ? toOverrides(value, [...path, name])
      : [`${[...path, name].join(".")}=${toTomlValue(value)}`],
  );
}

/** Codex, over Responses. */
export const codex: Client = {
  title: "Codex CLI",
  setup(target, size, place) {
    const folder = folderOf(place, "CODEX_HOME", ".codex");
    return {
      files: [
        {
          format: "toml",
          mark: "model_providers.akash",
          path: join(folder, "config.toml"),
          // A relative path is one beside config.toml.
          content: settings(target, size, { id: "akash", instructions: instructionsFile }),
        },
        ...(size === "full"
          ? []
          : [
              {
                format: "text",
                // By its name it is ours.
                mark: "",
                path: join(folder, instructionsFile),
                content: codexInstructions,
              } as const,
            ]),
      ],
      environment: { [keyVariable]: target.apiKey },
      steps: ["Start it with: codex", "Or, without any file: akashchat-api launch codex"],
    };
  },
  program: {
    command: "codex",
    package: "@openai/codex",
    start(target, size, folder) {
      const chosen = settings(target, size, {
        id: launchedProvider,
        instructions: join(folder, instructionsFile),
      });
      // A file of the smallest size may say 0.
      const documents = size === "small" ? {} : { project_doc_max_bytes: 32_768 };
      return {
        args: toOverrides({ ...chosen, ...documents }).flatMap((override) => ["-c", override]),
        environment: { [keyVariable]: target.apiKey },
        files: size === "full" ? [] : [{ name: instructionsFile, content: codexInstructions }],
      };
    },
  },
};
