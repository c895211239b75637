import { place, shell, slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { url, key, model } = slots;
const context = place("context");
const output = place("output");

const settings = strings`{
  "security": {
    "auth": { "selectedType": "openai" }
  },
  "model": { "name": "${model}", "chatCompression": { "maxRecentFilesToRetain": 1 } },
  "modelProviders": {
    "openai": [
      {
        "id": "${model}",
        "name": "${model}",
        "baseUrl": "${url}/v1",
        "envKey": "AKASHCHAT_API_KEY",
        "generationConfig": {
          "maxRetries": 1,
          "contextWindowSize": ${context},
          "samplingParams": { "max_tokens": ${output} }
        }
      }
    ]
  },
  "permissions": {
    "deny": [
      "agent", "ask_user_question", "cron_create", "cron_delete", "cron_list", "enter_worktree",
      "exit_plan_mode", "exit_worktree", "get_goal", "glob", "grep_search", "list_agents", "lsp", "monitor",
      "notebook_edit", "propose_goal", "read_mcp_resource", "record_artifact", "report_findings",
      "save_memory", "send_message", "skill", "task_output", "task_stop", "todo_write", "tool_call",
      "tool_search", "update_goal", "web_fetch", "web_search", "zoom_image"
    ]
  },
  "tools": {
    "toolSearch": { "enabled": false }
  },
  "skills": { "disabledLevels": ["bundled"] },
  "memory": { "enableManagedAutoMemory": false, "enableManagedAutoDream": false, "enableAutoSkill": false },
  "ui": { "enableFollowupSuggestions": false },
  "privacy": { "usageStatisticsEnabled": false }
}`;

const variable = shell`export AKASHCHAT_API_KEY=${key}`;

/** qwen-code, over Chat Completions. */
export const qwenCode: Guide = {
  id: "qwen-code",
  name: "qwen-code",
  group: "agents",
  heading: "### qwen-code",
  dialect: "chat",
  canLaunch: true,
  canWrite: true,
  firstRequest: 3950,
  names: [],
  steps: [
    { kind: "file", path: "~/.qwen/settings.json", code: settings },
    { kind: "shell", code: variable },
  ],
};
