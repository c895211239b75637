import { place, slots, strings } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";
import { editToolsPrompt } from "./prompts.ts";

const { url, key, model } = slots;
const provider = place("provider");
const context = place("context");
const output = place("output");

const config = strings`{
  "$schema": "https://opencode.ai/config.json",
  "model": "akash/${model}",
  "provider": {
    "akash": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "${provider}",
      "options": { "baseURL": "${url}/v1", "apiKey": "${key}" },
      "models": {
        "${model}": {
          "name": "${model}",
          "tool_call": true,
          "limit": { "context": ${context}, "output": ${output} }
        }
      }
    }
  },
  "agent": {
    "build": { "prompt": "{file:./akashchat-prompt.md}" },
    "plan": { "prompt": "{file:./akashchat-prompt.md}" },
    "title": { "disable": true }
  },
  "permission": {
    "codesearch": "deny",
    "glob": "deny",
    "grep": "deny",
    "lsp": "deny",
    "question": "deny",
    "skill": "deny",
    "task": "deny",
    "todoread": "deny",
    "todowrite": "deny",
    "webfetch": "deny",
    "websearch": "deny"
  }
}`;

/** opencode, over Chat Completions. */
export const opencode: Guide = {
  id: "opencode",
  name: "opencode",
  group: "agents",
  heading: "### opencode",
  dialect: "chat",
  canLaunch: true,
  canWrite: true,
  firstRequest: 2450,
  names: [],
  steps: [
    { kind: "file", path: "~/.config/opencode/opencode.json", code: config },
    { kind: "text", path: "~/.config/opencode/akashchat-prompt.md", text: editToolsPrompt },
  ],
};
