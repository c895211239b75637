import type { Target, TargetModel } from "./client-setup.ts";

/** Where the key is found by clients that read it from the environment. */
const keyVariable = "AKASHCHAT_API_KEY";

/** Claude Code's variables; also what `launch` sets. Source: Claude Code settings reference. */
export function claudeCodeEnvironment({ url, apiKey, model }: Target): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: apiKey,
    ANTHROPIC_MODEL: model.id,
    ANTHROPIC_DEFAULT_OPUS_MODEL: model.id,
    ANTHROPIC_DEFAULT_SONNET_MODEL: model.id,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model.id,
    // It takes a model that it doesn't know to hold 200,000 tokens, and would summarise its history too late.
    // It does not look at this for names that begin with `claude-`.
    ...(model.contextLength === undefined
      ? {}
      : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(model.contextLength) }),
    // Its other traffic (telemetry, update checks) would go to Anthropic, not to the gateway.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}

/** A TOML basic string; JSON's escapes are a subset of TOML's. */
const toml = (text: string): string => JSON.stringify(text);

/** The context length as a line of Codex's configuration; without it, Codex takes a model of its own for it. */
function codexWindow({ contextLength }: TargetModel): string[] {
  return contextLength === undefined ? [] : [`model_context_window=${contextLength}`];
}

/** Codex's provider settings as `-c key=value` overrides: what `launch` passes. */
export function codexOverrides(target: Target): string[] {
  const provider = "model_providers.akash";
  return [
    `model=${toml(target.model.id)}`,
    'model_provider="akash"',
    ...codexWindow(target.model),
    `${provider}.name="Akash Chat"`,
    `${provider}.base_url=${toml(`${target.url}/v1`)}`,
    `${provider}.env_key=${toml(keyVariable)}`,
    `${provider}.wire_api="responses"`,
  ];
}

/** The same as Codex's configuration file. */
export function codexConfig({ url, model }: Target): string {
  return [
    "# In a file with other settings, these lines belong above its first [table].",
    `model = ${toml(model.id)}`,
    'model_provider = "akash"',
    ...codexWindow(model).map((line) => line.replace("=", " = ")),
    "",
    "[model_providers.akash]",
    'name = "Akash Chat"',
    `base_url = ${toml(`${url}/v1`)}`,
    `env_key = ${toml(keyVariable)}`,
    'wire_api = "responses"',
    "",
  ].join("\n");
}

/** The variable that carries the key for Codex. */
export function codexEnvironment(target: Target): Record<string, string> {
  return { [keyVariable]: target.apiKey };
}

/** opencode keeps room for an answer of this length free, and asks for no longer one. */
function opencodeLimit(contextLength: number): { context: number; output: number } {
  return { context: contextLength, output: Math.min(32_000, Math.floor(contextLength / 4)) };
}

/** opencode's configuration file. Source: opencode.ai config schema. */
export function opencodeConfig(target: Target): Record<string, unknown> {
  return {
    $schema: "https://opencode.ai/config.json",
    model: `akash/${target.model.id}`,
    provider: {
      akash: {
        npm: "@ai-sdk/openai-compatible",
        name: "Akash Chat",
        options: { baseURL: `${target.url}/v1`, apiKey: target.apiKey },
        models: Object.fromEntries(
          target.models.map(({ id, contextLength }) => [
            id,
            {
              name: id,
              tool_call: true,
              ...(contextLength === undefined ? {} : { limit: opencodeLimit(contextLength) }),
            },
          ]),
        ),
      },
    },
  };
}
