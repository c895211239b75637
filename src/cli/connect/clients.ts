import { homedir } from "node:os";
import { join } from "node:path";
import { claudeCodeEnvironment, codexConfig, codexEnvironment, opencodeConfig } from "./agent-settings.ts";
import type { ClientSetup, Target, TargetModel } from "./client-setup.ts";

/** A client's own folder: where its variable says, else the usual place in the user's home. */
function folderOf(variable: string, ...usual: readonly string[]): string {
  const named = process.env[variable];
  return named === undefined || named === "" ? join(homedir(), ...usual) : named;
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
  return {
    title: "Codex CLI",
    file: {
      format: "text",
      path: join(folderOf("CODEX_HOME", ".codex"), "config.toml"),
      content: codexConfig(target),
    },
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
    `  - name: ${JSON.stringify(`Akash ${id}`)}`,
    "    provider: openai",
    `    model: ${JSON.stringify(id)}`,
    `    apiBase: ${JSON.stringify(`${target.url}/v1`)}`,
    `    apiKey: ${JSON.stringify(target.apiKey)}`,
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

const clients: Readonly<Record<string, (target: Target) => ClientSetup>> = {
  "claude-code": claudeCode,
  codex,
  opencode,
  cursor,
  cline,
  "open-webui": openWebUi,
  continue: continueDev,
  zed,
};

/** The clients that `connect` knows. */
export const clientNames: readonly string[] = Object.keys(clients);

/** What makes the setup of a client, or `undefined` for a name that is none of `clientNames`. */
export function findClient(name: string): ((target: Target) => ClientSetup) | undefined {
  return Object.hasOwn(clients, name) ? clients[name] : undefined;
}
