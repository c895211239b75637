import { place, slots, strings } from "../../../domain/snippet.ts";
import { claudeNames, type Guide } from "../guide.ts";

const { url, key, model } = slots;
const context = place("context");
const output = place("output");

const settings = strings`{
  "env": {
    "ANTHROPIC_BASE_URL": "${url}",
    "ANTHROPIC_AUTH_TOKEN": "${key}",
    "ANTHROPIC_MODEL": "${model}",
    "ANTHROPIC_DEFAULT_OPUS_MODEL": "${model}",
    "ANTHROPIC_DEFAULT_SONNET_MODEL": "${model}",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "${model}",
    "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "${context}",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "${output}",
    "CLAUDE_CODE_USE_GATEWAY": "1",
    "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
    "CLAUDE_CODE_ATTRIBUTION_HEADER": "0",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
    "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS": "1"
  },
  "permissions": {
    "disableAutoMode": "disable",
    "deny": [
      "Agent", "CronCreate", "CronDelete", "CronList", "EnterWorktree", "ExitWorktree", "ListAgents",
      "Monitor", "NotebookEdit", "ReportFindings", "ScheduleWakeup", "SendMessage", "Skill", "TaskOutput",
      "TaskStop", "WebFetch", "WebSearch", "Workflow"
    ]
  },
  "attribution": { "commit": "", "pr": "" }
}`;

/** Claude Code, over Messages. */
export const claudeCode: Guide = {
  id: "claude-code",
  name: "Claude Code",
  group: "agents",
  heading: "### Claude Code",
  dialect: "messages",
  canLaunch: true,
  canWrite: true,
  firstRequest: 1720,
  names: claudeNames,
  steps: [{ kind: "file", path: "~/.claude/settings.json", code: settings }],
};
