import { place, shell, slots } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { key, model } = slots;
const baseUrl = place("url", { after: "/v1" });
const output = place("output");
const prompt = place("prompt");

const variables = shell`export COPILOT_PROVIDER_BASE_URL=${baseUrl}
export COPILOT_PROVIDER_API_KEY=${key}
export COPILOT_MODEL=${model}
export COPILOT_PROVIDER_MAX_PROMPT_TOKENS=${prompt}
export COPILOT_PROVIDER_MAX_OUTPUT_TOKENS=${output}
export COPILOT_OFFLINE=true
copilot --available-tools=bash,view,edit,create --disable-builtin-mcps`;

/** GitHub's Copilot CLI, over Chat Completions. */
export const copilot: Guide = {
  id: "copilot",
  name: "Copilot CLI",
  group: "agents",
  heading: "### Copilot CLI",
  dialect: "chat",
  canLaunch: true,
  firstRequest: 4000,
  names: [],
  steps: [{ kind: "shell", code: variables }],
};
