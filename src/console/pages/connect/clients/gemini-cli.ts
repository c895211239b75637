import { place, shell, slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { url, key, model } = slots;
const output = place("output");
const threshold = place("compressionThreshold");

const settings = strings`{
  "security": {
    "auth": { "selectedType": "gemini-api-key" }
  },
  "model": { "name": "${model}", "compressionThreshold": ${threshold} },
  "modelConfigs": {
    "overrides": [
      {
        "match": { "model": "base" },
        "modelConfig": { "model": "${model}", "generateContentConfig": { "maxOutputTokens": ${output} } }
      },
      {
        "match": { "model": "chat-compression-default" },
        "modelConfig": { "model": "${model}", "generateContentConfig": { "maxOutputTokens": ${output} } }
      }
    ]
  },
  "general": {
    "maxAttempts": 3,
    "plan": { "enabled": false },
    "topicUpdateNarration": false
  },
  "privacy": { "usageStatisticsEnabled": false },
  "tools": {
    "core": ["read_file", "replace", "run_shell_command", "write_file"]
  },
  "context": { "includeDirectoryTree": false },
  "skills": { "enabled": false },
  "experimental": { "enableAgents": false },
  "useWriteTodos": false
}`;

/** Gemini CLI, over Google's own API. */
export const geminiCli: Guide = {
  id: "gemini-cli",
  name: "Gemini CLI",
  group: "agents",
  heading: "### Gemini CLI",
  dialect: "gemini",
  canLaunch: true,
  canWrite: true,
  firstRequest: 2030,
  names: [],
  steps: [
    { kind: "file", path: "~/.gemini/settings.json", code: settings },
    { kind: "shell", code: shell`export GOOGLE_GEMINI_BASE_URL=${url}` },
    { kind: "shell", code: shell`export GEMINI_API_KEY=${key}` },
  ],
};
