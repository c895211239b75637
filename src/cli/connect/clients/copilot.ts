import { extraHeaders, outputLimit } from "../agent-settings.ts";
import type { Client, Size, Target } from "../client.ts";

/** Variables. Source: `copilot help providers`. */
function environment({ url, apiKey, model }: Target, size: Size): Record<string, string> {
  const { id, contextLength } = model;
  const headers = Object.entries(extraHeaders(size)).map(([name, value]) => `${name}: ${value}`);
  return {
    COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
    COPILOT_PROVIDER_API_KEY: apiKey,
    COPILOT_MODEL: id,
    ...(contextLength === undefined
      ? {}
      : {
          COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(contextLength - outputLimit(contextLength)),
          COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(outputLimit(contextLength)),
        }),
    ...(headers.length === 0 ? {} : { COPILOT_PROVIDER_HEADERS: headers.join("\n") }),
    // Otherwise it asks GitHub for an account, tools and updates.
    ...(size === "full" ? {} : { COPILOT_OFFLINE: "true" }),
  };
}

const savings: Readonly<Record<Size, readonly string[]>> = {
  full: [],
  default: ["--available-tools=bash,view,edit,create", "--disable-builtin-mcps"],
  small: ["--available-tools=bash", "--disable-builtin-mcps", "--no-custom-instructions"],
};

/** GitHub's Copilot CLI, over Chat Completions. */
export const copilot: Client = {
  title: "Copilot CLI",
  setup: (target, size) => ({
    environment: environment(target, size),
    steps: [
      `Start it with: ${["copilot", ...savings[size]].join(" ")}`,
      "Or, without any variable: akashchat-api launch copilot",
    ],
  }),
  program: {
    command: "copilot",
    package: "@github/copilot",
    start: (target, size) => ({ args: savings[size], environment: environment(target, size) }),
  },
};
