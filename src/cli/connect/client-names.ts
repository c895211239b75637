// Apart from what is known of them, so that a start does not load it.

/** The clients that `connect` knows. */
export const clientNames: readonly string[] = [
  "claude-code",
  "codex",
  "opencode",
  "copilot",
  "pi",
  "qwen-code",
  "gemini-cli",
  "cursor",
  "cline",
  "open-webui",
  "continue",
  "zed",
];

/** The clients that `launch` can start. */
export const programNames: readonly string[] = [
  "claude-code",
  "codex",
  "opencode",
  "copilot",
  "pi",
  "qwen-code",
  "gemini-cli",
  "cline",
];
