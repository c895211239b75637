/** What a client wants left out of a conversation that has grown long, and what came of it. */

/** Clears the results of old tool calls. */
export interface ClearToolUses {
  readonly kind: "clear-tool-uses";
  /** Nothing is done until the prompt has more than this. */
  readonly trigger: { readonly unit: "input-tokens" | "tool-uses"; readonly value: number };
  /** How many of the newest results stay. */
  readonly keep: number;
  /** Nothing is done that saves fewer tokens. */
  readonly clearAtLeast: number;
  /** Names of tools whose results stay. */
  readonly excludeTools: readonly string[];
  /** Whether the arguments of the calls go, too; a list names the tools of which they do. */
  readonly clearInputs: boolean | readonly string[];
}

/** Clears the thinking of all but the newest turns. */
export interface ClearThinking {
  readonly kind: "clear-thinking";
  /** How many of the newest turns that have thinking keep it. */
  readonly keep: number | "all";
}

/** One edit. */
export type ContextEdit = ClearToolUses | ClearThinking;

/** An edit that changed something. */
export interface AppliedEdit {
  readonly kind: ContextEdit["kind"];
  /** Tool uses, or turns with thinking. */
  readonly cleared: number;
  /** What it saves, in tokens of the prompt. */
  readonly tokens: number;
}
