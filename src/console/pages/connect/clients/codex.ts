import { place, shell, slots, strings } from "../../../domain/snippet.ts";
import { type Guide, gptNames } from "../guide.ts";
import { shellPrompt } from "./prompts.ts";

const { url, key, model } = slots;
const provider = place("provider");
const context = place("context");
const prompt = place("prompt");

const config = strings`model = "${model}"
model_provider = "akash"
model_context_window = ${context}
model_auto_compact_token_limit = ${prompt}
model_instructions_file = "akashchat-instructions.md"
tool_output_token_limit = 2000
web_search = "disabled"
include_permissions_instructions = false
include_apps_instructions = false
include_collaboration_mode_instructions = false

[model_providers.akash]
name = "${provider}"
base_url = "${url}/v1"
env_key = "AKASHCHAT_API_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 2

[features]
goals = false
view_image = false

[agents]
enabled = false

[skills]
include_instructions = false

[skills.bundled]
enabled = false

[tools.experimental_request_user_input]
enabled = false`;

const variable = shell`export AKASHCHAT_API_KEY=${key}`;

/** Codex, over Responses. */
export const codex: Guide = {
  id: "codex",
  name: "Codex",
  group: "agents",
  heading: "### Codex",
  dialect: "responses",
  canLaunch: true,
  canWrite: true,
  firstRequest: 960,
  names: gptNames,
  steps: [
    { kind: "file", path: "~/.codex/config.toml", code: config },
    { kind: "text", path: "~/.codex/akashchat-instructions.md", text: shellPrompt },
    { kind: "shell", code: variable },
  ],
};
