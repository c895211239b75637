import { join } from "node:path";

import { extraHeaders, folderOf, outputLimit, promptForEditTools } from "../agent-settings.ts";
import type { Client, Size, Target, TargetModel } from "../client.ts";

/**
 * Names for which Claude Code takes a context length of its own, whatever `CLAUDE_CODE_MAX_CONTEXT_TOKENS` says. Other
 * names count as 1,000,000 tokens, which the variable corrects.
 */
const knownName =
  /^(?:claude-(?:\d|instant|haiku|sonnet|opus|fable)|(?:haiku|sonnet|opus|fable|default|best)\b)/i;

/** The id to give to Claude Code: never an alias that it takes for a Claude model. */
function safeId({ id, standsFor }: TargetModel): string {
  return standsFor !== undefined && knownName.test(id) ? standsFor : id;
}

const settingsFile = "settings.json";

/** Variables. Source: Claude Code's settings reference; what each saves was measured. */
function environment({ url, apiKey, model }: Target, size: Size): Record<string, string> {
  const id = safeId(model);
  const headers = Object.entries(extraHeaders(size)).map(([name, value]) => `${name}: ${value}`);
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: apiKey,
    ANTHROPIC_MODEL: id,
    ANTHROPIC_DEFAULT_OPUS_MODEL: id,
    ANTHROPIC_DEFAULT_SONNET_MODEL: id,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: id,
    ...(headers.length === 0 ? {} : { ANTHROPIC_CUSTOM_HEADERS: headers.join("\n") }),
    // It takes a model that it doesn't know to hold 1,000,000 tokens, and would never summarise its history.
    ...(model.contextLength === undefined
      ? {}
      : {
          CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(model.contextLength),
          CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(outputLimit(model.contextLength)),
        }),
    // It says how much of the budget is used before it is spent, and when there is a new one.
    CLAUDE_CODE_USE_GATEWAY: "1",
    // Its /model has what the gateway offers, with the variable above as without.
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
    // A block for Anthropic's accounts at the top of every prompt.
    CLAUDE_CODE_ATTRIBUTION_HEADER: "0",
    // Its other traffic (telemetry, update checks) would go to Anthropic, not to the gateway.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    ...(size === "full"
      ? {}
      : {
          CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
          CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
          CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS: "1",
        }),
    // Three tools, no CLAUDE.md, no hooks, no skills.
    ...(size === "small" ? { CLAUDE_CODE_SIMPLE: "1" } : {}),
  };
}

/**
 * Variables that choose a provider, a key, a model or a size. In the `env` of a user's or a project's settings they would
 * win over the environment that Claude Code is started with; empty ones on its command line win over those.
 */
const emptied = Object.fromEntries(
  [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BETAS",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_CUSTOM_MODEL_OPTION",
    "ANTHROPIC_PROFILE",
    "ANTHROPIC_SMALL_FAST_MODEL",
    "ANTHROPIC_UNIX_SOCKET",
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY",
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS",
    "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS",
    "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
    "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_SIMPLE",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_VERTEX",
  ].map((name) => [name, ""]),
);

/** Its auto mode, on by default, has the model judge every call of a tool in a request beside: twice the budget. */
const askFirst = { disableAutoMode: "disable" };

/** Tools that few tasks need and every request would describe. */
const denied = [
  "Agent",
  "CronCreate",
  "CronDelete",
  "CronList",
  "EnterWorktree",
  "ExitWorktree",
  "ListAgents",
  "Monitor",
  "NotebookEdit",
  "ReportFindings",
  "ScheduleWakeup",
  "SendMessage",
  "Skill",
  "TaskOutput",
  "TaskStop",
  "WebFetch",
  "WebSearch",
  "Workflow",
];

/** Claude Code, over Anthropic Messages. */
export const claudeCode: Client = {
  title: "Claude Code",
  setup: (target, size, place) => ({
    files: [
      {
        format: "json",
        mark: '"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"',
        path: join(folderOf(place, "CLAUDE_CONFIG_DIR", ".claude"), "settings.json"),
        content: {
          env: environment(target, size),
          ...(size === "full"
            ? {}
            : {
                permissions: { ...askFirst, ...(size === "default" ? { deny: denied } : {}) },
                attribution: { commit: "", pr: "" },
              }),
        },
      },
    ],
    steps: ["Start it with: claude", "Or, without any file: akashchat-api launch claude-code"],
  }),
  program: {
    command: "claude",
    package: "@anthropic-ai/claude-code",
    start(target, size, folder) {
      const variables = environment(target, size);
      // Settings of the command line win over all files but an administrator's; in a file, as they hold the key.
      const settings = {
        env: { ...emptied, ...variables },
        model: safeId(target.model),
        apiKeyHelper: "",
        ...(size === "full" ? {} : { permissions: askFirst }),
      };
      return {
        args: [
          "--settings",
          join(folder, settingsFile),
          ...(size === "default"
            ? ["--tools=Bash,Edit,Read,Write", "--system-prompt", promptForEditTools("CLAUDE.md")]
            : []),
        ],
        environment: variables,
        files: [{ name: settingsFile, content: JSON.stringify(settings) }],
      };
    },
  },
  notes: ({ model }) =>
    safeId(model) === model.id
      ? []
      : [
          `Claude Code takes ${model.id} for a Claude model with a context of its own, ` +
            `so it is told the model's own name, ${safeId(model)}.`,
        ],
};
