import { join } from "node:path";

import {
  extraHeaders,
  folderOf,
  keyVariable,
  outputLimit,
  promptForEditTools,
  unlessEmpty,
} from "../agent-settings.ts";
import type { Client, Size, Target, TargetModel } from "../client.ts";

/** Tools that few tasks need and every request would describe. */
const denied = [
  "agent",
  "ask_user_question",
  "cron_create",
  "cron_delete",
  "cron_list",
  "enter_worktree",
  "exit_plan_mode",
  "exit_worktree",
  "get_goal",
  "glob",
  "grep_search",
  "list_agents",
  "lsp",
  "monitor",
  "notebook_edit",
  "propose_goal",
  "read_mcp_resource",
  "record_artifact",
  "report_findings",
  "save_memory",
  "send_message",
  "skill",
  "task_output",
  "task_stop",
  "todo_write",
  "tool_call",
  "tool_search",
  "update_goal",
  "web_fetch",
  "web_search",
  "zoom_image",
];

/** What is left out of every request, and requests of its own that it makes beside the task's. */
function savings(size: Size): Record<string, unknown> {
  if (size === "full") return {};
  return {
    permissions: { deny: denied },
    // With the shell alone it was seen to get empty output for `cat` of a file that is not empty; why is not known.
    tools: {
      toolSearch: { enabled: false },
      ...(size === "small" ? { core: ["edit", "read_file", "run_shell_command"] } : {}),
    },
    skills: { disabledLevels: ["bundled"] },
    memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false, enableAutoSkill: false },
    ui: { enableFollowupSuggestions: false },
    privacy: { usageStatisticsEnabled: false },
    // No file of this name is there, so that no QWEN.md or AGENTS.md is read.
    ...(size === "small" ? { context: { fileName: ["none.akashchat"] } } : {}),
  };
}

/** qwen-code's settings. Source: its docs/configuration/settings.md. */
function settings(target: Target, size: Size): Record<string, unknown> {
  const provider = ({ id, contextLength }: TargetModel) => ({
    id,
    name: id,
    baseUrl: `${target.url}/v1`,
    envKey: keyVariable,
    generationConfig: {
      maxRetries: 1,
      ...(contextLength === undefined
        ? {}
        : {
            contextWindowSize: contextLength,
            samplingParams: { max_tokens: outputLimit(contextLength) },
          }),
      ...unlessEmpty("customHeaders", extraHeaders(size)),
    },
  });
  return {
    security: { auth: { selectedType: "openai" } },
    model: {
      name: target.model.id,
      // After a summary it puts the files read last into the prompt again, five of them if nobody says otherwise.
      ...(size === "full" ? {} : { chatCompression: { maxRecentFilesToRetain: 1 } }),
    },
    modelProviders: { openai: target.models.map(provider) },
    ...savings(size),
  };
}

/** qwen-code, over Chat Completions. */
export const qwenCode: Client = {
  title: "qwen-code",
  setup: (target, size, place) => ({
    files: [
      {
        format: "json",
        mark: `"${keyVariable}"`,
        path: join(folderOf(place, "QWEN_HOME", ".qwen"), "settings.json"),
        content: settings(target, size),
        owns: ({ envKey }) => envKey === undefined || envKey === keyVariable,
      },
    ],
    environment: { [keyVariable]: target.apiKey },
    steps: [
      "Start it with: qwen",
      "Or, with a shorter prompt and without any file: akashchat-api launch qwen-code",
    ],
  }),
  program: {
    command: "qwen",
    package: "@qwen-code/qwen-code",
    start: (target, size, folder) => ({
      args: [
        "--auth-type",
        "openai",
        "--model",
        target.model.id,
        ...(size === "full" ? [] : ["--system-prompt", promptForEditTools("QWEN.md, AGENTS.md")]),
      ],
      environment: {
        [keyVariable]: target.apiKey,
        // The highest of its layers: a user's or a project's settings don't choose another provider.
        QWEN_CODE_SYSTEM_SETTINGS_PATH: join(folder, "settings.json"),
      },
      files: [{ name: "settings.json", content: JSON.stringify(settings(target, size)) }],
    }),
  },
};
