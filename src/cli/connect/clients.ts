import { homedir } from "node:os";
import { join } from "node:path";
import type { ClientSetup, Target, TargetModel } from "./client-setup.ts";

/** Where the key is found by clients that read it from the environment. */
const keyVariable = "AKASHCHAT_API_KEY";

/** A client's own folder: where its variable says, else the usual place in the user's home. */
function folderOf(variable: string, ...usual: readonly string[]): string {
  const named = process.env[variable];
  return named === undefined || named === "" ? join(homedir(), ...usual) : named;
}

/** Claude Code's variables; also what `launch` sets. Source: Claude Code settings reference. */
export function claudeCodeEnvironment({ url, apiKey, model }: Target): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: apiKey,
    ANTHROPIC_MODEL: model.id,
    ANTHROPIC_DEFAULT_OPUS_MODEL: model.id,
    ANTHROPIC_DEFAULT_SONNET_MODEL: model.id,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model.id,
    // It takes a model that it doesn't know to hold 200,000 tokens, and would summarise its history too late.
    // It does not look at this for names that begin with `claude-`.
    ...(model.contextLength === undefined
      ? {}
      : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(model.contextLength) }),
    // Its other traffic (telemetry, update checks) would go to Anthropic, not to the gateway.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}

/** A TOML basic string; JSON's escapes are a subset of TOML's. */
const toml = (text: string): string => JSON.stringify(text);

/** The context length as a line of Codex's configuration; without it, Codex takes a model of its own for it. */
function codexWindow({ contextLength }: TargetModel): string[] {
  return contextLength === undefined ? [] : [`model_context_window=${contextLength}`];
}

/** Codex's provider settings as `-c key=value` overrides: what `launch` passes. */
export function codexOverrides(target: Target): string[] {
  const provider = "model_providers.akash";
  return [
    `model=${toml(target.model.id)}`,
    'model_provider="akash"',
    ...codexWindow(target.model),
    `${provider}.name="Akash Chat"`,
    `${provider}.base_url=${toml(`${target.url}/v1`)}`,
    `${provider}.env_key=${toml(keyVariable)}`,
    `${provider}.wire_api="responses"`,
  ];
}

/** The variable that carries the key for Codex. */
export function codexEnvironment(target: Target): Record<string, string> {
  return { [keyVariable]: target.apiKey };
}

/** opencode keeps room for an answer of this length free, and asks for no longer one. */
function opencodeLimit(contextLength: number): { context: number; output: number } {
  return { context: contextLength, output: Math.min(32_000, Math.floor(contextLength / 4)) };
}

/** opencode's configuration file. Source: opencode.ai config schema. */
export function opencodeConfig(target: Target): Record<string, unknown> {
  return {
    $schema: "https://opencode.ai/config.json",
    model: `akash/${target.model.id}`,
    provider: {
      akash: {
        npm: "@ai-sdk/openai-compatible",
        name: "Akash Chat",
        options: { baseURL: `${target.url}/v1`, apiKey: target.apiKey },
        models: Object.fromEntries(
          target.models.map(({ id, contextLength }) => [
            id,
            {
              name: id,
              tool_call: true,
              ...(contextLength === undefined ? {} : { limit: opencodeLimit(contextLength) }),
            },
          ]),
        ),
      },
    },
  };
}

function claudeCode(target: Target): ClientSetup {
  return {
    title: "Claude Code",
    file: {
      format: "json",
      path: join(folderOf("CLAUDE_CONFIG_DIR", ".claude"), "settings.json"),
      content: { env: claudeCodeEnvironment(target) },
    },
    steps: ["Start it with: claude", "Or, without any file: akashchat-api launch claude-code"],
  };
}

function codex(target: Target): ClientSetup {
  const content = [
    "# In a file with other settings, these lines belong above its first [table].",
    `model = ${toml(target.model.id)}`,
    'model_provider = "akash"',
    ...codexWindow(target.model).map((line) => line.replace("=", " = ")),
    "",
    "[model_providers.akash]",
    'name = "Akash Chat"',
    `base_url = ${toml(`${target.url}/v1`)}`,
    `env_key = ${toml(keyVariable)}`,
    'wire_api = "responses"',
    "",
  ].join("\n");
  return {
    title: "Codex CLI",
    file: { format: "text", path: join(folderOf("CODEX_HOME", ".codex"), "config.toml"), content },
    environment: codexEnvironment(target),
    steps: ["Start it with: codex", "Or, without any file: akashchat-api launch codex"],
  };
}

function opencode(target: Target): ClientSetup {
  return {
    title: "opencode",
    file: {
      format: "json",
      path: join(folderOf("XDG_CONFIG_HOME", ".config"), "opencode", "opencode.json"),
      content: opencodeConfig(target),
    },
    steps: ["Start it with: opencode", "Or, without any file: akashchat-api launch opencode"],
  };
}

function cursor(target: Target): ClientSetup {
  return {
    title: "Cursor",
    steps: [
      "Open Cursor Settings > Models > API Keys.",
      `OpenAI API Key: ${target.apiKey}`,
      `Override OpenAI Base URL: ${target.url}/v1`,
      `Add a custom model named ${target.model.id} and switch the others off.`,
      "Cursor's own servers make the calls, so the URL must be reachable from the internet over https; " +
        "set BEARER_TOKEN before you expose the gateway.",
    ],
  };
}

function cline(target: Target): ClientSetup {
  return {
    title: "Cline",
    steps: [
      "Open Cline's settings (the gear) > API Configuration.",
      "API Provider: OpenAI Compatible",
      `Base URL: ${target.url}/v1`,
      `OpenAI Compatible API Key: ${target.apiKey}`,
      `Model ID: ${target.model.id}`,
    ],
  };
}

function openWebUi(target: Target): ClientSetup {
  const images = target.imageModel;
  return {
    title: "Open WebUI",
    environment: {
      OPENAI_API_BASE_URL: `${target.url}/v1`,
      OPENAI_API_KEY: target.apiKey,
      ...(images === undefined
        ? {}
        : {
            ENABLE_IMAGE_GENERATION: "true",
            IMAGE_GENERATION_ENGINE: "openai",
            IMAGE_GENERATION_MODEL: images,
            IMAGES_OPENAI_API_BASE_URL: `${target.url}/v1`,
            IMAGES_OPENAI_API_KEY: target.apiKey,
          }),
    },
    steps: [
      "Start Open WebUI with these variables, or enter them under Admin Settings > Connections and > Images.",
      "In a container, write host.docker.internal (or the host's address) instead of localhost.",
    ],
  };
}

function continueDev(target: Target): ClientSetup {
  const model = ({ id, contextLength }: TargetModel): string[] => [
    `  - name: ${toml(`Akash ${id}`)}`,
    "    provider: openai",
    `    model: ${toml(id)}`,
    `    apiBase: ${toml(`${target.url}/v1`)}`,
    `    apiKey: ${toml(target.apiKey)}`,
    "    roles: [chat, edit, apply]",
    "    capabilities: [tool_use]",
    ...(contextLength === undefined
      ? []
      : ["    defaultCompletionOptions:", `      contextLength: ${contextLength}`]),
  ];
  return {
    title: "Continue",
    file: {
      format: "text",
      path: join(homedir(), ".continue", "config.yaml"),
      content: [
        "name: Akash Chat",
        "version: 1.0.0",
        "schema: v1",
        "models:",
        ...target.models.flatMap(model),
        "",
      ].join("\n"),
    },
    steps: ["Reload the editor window."],
  };
}

function zed(target: Target): ClientSetup {
  return {
    title: "Zed",
    file: {
      format: "json",
      path: join(folderOf("XDG_CONFIG_HOME", ".config"), "zed", "settings.json"),
      content: {
        language_models: {
          openai_compatible: {
            "Akash Chat": {
              api_url: `${target.url}/v1`,
              available_models: target.models.map(({ id, contextLength }) => ({
                name: id,
                display_name: id,
                max_tokens: contextLength ?? 64_000,
                capabilities: {
                  tools: true,
                  images: false,
                  parallel_tool_calls: true,
                  prompt_cache_key: false,
                },
              })),
            },
          },
        },
        agent: { default_model: { provider: "Akash Chat", model: target.model.id } },
      },
    },
    environment: { AKASH_CHAT_API_KEY: target.apiKey },
    steps: ["Zed reads the key from that variable, or asks for it in its agent panel's settings."],
  };
}

const clients = {
  "claude-code": claudeCode,
  codex,
  opencode,
  cursor,
  cline,
  "open-webui": openWebUi,
  continue: continueDev,
  zed,
} as const satisfies Record<string, (target: Target) => ClientSetup>;

/** The clients that `connect` knows. */
export const clientNames: readonly string[] = Object.keys(clients);

/** The setup of a client, or `undefined` for a name that is none of `clientNames`. */
export function createClientSetup(name: string, target: Target): ClientSetup | undefined {
  return Object.hasOwn(clients, name) ? clients[name as keyof typeof clients](target) : undefined;
}
