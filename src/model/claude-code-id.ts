/**
 * Claude Code offers the models of a gateway only when `claude` or `anthropic` stands in their ids. It knows nothing that
 * begins so, and so assumes nothing about the model behind; with the id of a real Claude it would.
 */
const prefix = "claude-akash/";

/** The id under which Claude Code takes a model into its list. One that it takes anyhow is left as it is. */
export function toClaudeCodeId(id: string): string {
  return /claude|anthropic/i.test(id) ? id : prefix + id;
}

/** The id that the gateway knows; any other id is left as it is. */
export function fromClaudeCodeId(id: string): string {
  return id.toLowerCase().startsWith(prefix) ? id.slice(prefix.length) : id;
}
