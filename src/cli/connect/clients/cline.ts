import { join } from "node:path";

import { codexInstructions } from "../../../dialects/openai-responses/codex-instructions.ts";
import { extraHeaders, outputLimit, promptForEditTools, unlessEmpty } from "../agent-settings.ts";
import type { Client, Size, Target } from "../client.ts";

/** Tools that few tasks need and every request would describe: half of them belong to its teams of agents. */
const disabledTools = [
  "ask_question",
  "fetch_web_content",
  "search_codebase",
  "skills",
  "spawn_agent",
  "team_attach_outcome_fragment",
  "team_await_runs",
  "team_broadcast",
  "team_cancel_run",
  "team_cleanup",
  "team_create_outcome",
  "team_finalize_outcome",
  "team_list_outcomes",
  "team_list_runs",
  "team_mission_log",
  "team_read_mailbox",
  "team_review_outcome_fragment",
  "team_run_task",
  "team_send_message",
  "team_shutdown_teammate",
  "team_spawn_teammate",
  "team_status",
  "team_task",
];
const editing = ["editor", "read_files"];

/** Its file of providers, as `cline auth` writes it. */
function providers({ url, apiKey, model }: Target, size: Size): Record<string, unknown> {
  const { id, contextLength } = model;
  const provider = "openai-compatible";
  const settings = {
    provider,
    apiKey,
    model: id,
    baseUrl: `${url}/v1`,
    ...(contextLength === undefined
      ? {}
      : { contextWindow: contextLength, maxTokens: outputLimit(contextLength) }),
    ...unlessEmpty("headers", extraHeaders(size)),
  };
  return {
    version: 1,
    lastUsedProvider: provider,
    modes: {},
    providers: { [provider]: { settings, updatedAt: "2026-01-01T00:00:00.000Z", tokenSource: "manual" } },
  };
}

/** Cline, over Chat Completions: its editor extension is set up by hand, its program can be launched. */
export const cline: Client = {
  title: "Cline",
  setup: (target) => ({
    steps: [
      "Open Cline's settings (the gear) > API Configuration.",
      "API Provider: OpenAI Compatible",
      `Base URL: ${target.url}/v1`,
      `OpenAI Compatible API Key: ${target.apiKey}`,
      `Model ID: ${target.model.id}`,
      "In a terminal, with a shorter prompt: akashchat-api launch cline",
    ],
  }),
  program: {
    command: "cline",
    package: "cline",
    start(target, size, folder) {
      const denied = size === "small" ? [...disabledTools, ...editing] : disabledTools;
      const settings = { telemetryOptOut: true, autoUpdateEnabled: false, disabledTools: denied };
      return {
        args:
          size === "full" ? [] : ["--system", size === "small" ? codexInstructions : promptForEditTools()],
        environment: {
          CLINE_PROVIDER_SETTINGS_PATH: join(folder, "providers.json"),
          ...(size === "full" ? {} : { CLINE_GLOBAL_SETTINGS_PATH: join(folder, "settings.json") }),
        },
        files: [
          { name: "providers.json", content: JSON.stringify(providers(target, size)) },
          ...(size === "full" ? [] : [{ name: "settings.json", content: JSON.stringify(settings) }]),
        ],
      };
    },
  },
};
