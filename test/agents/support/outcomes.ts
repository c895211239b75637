/** How an agent fares at a limit. */
export interface Outcome {
  /** What its user reads when the budget is used up: the gateway's text, or words of the agent's own. */
  readonly spent: string;
  /** Where an answer may break off so that the agent asks again; elsewhere it stops and says so. */
  readonly asksAgain: "always" | "before the first word";
  /** What its user reads when every answer breaks off. */
  readonly lost: string;
  /** What it does when the gateway refuses a prompt as too long. */
  readonly tooLong: "goes on" | "goes on, but ends with exit code 1" | "stops";
}

/** In place of an agent's own words. */
export const ours = "our text";

/** As limits.test.ts sees it, and as docs/clients.md tells it by `describeOutcome`. */
export const outcomes: Readonly<Record<string, Outcome>> = {
  "claude-code": {
    spent: "You've hit your usage limit · resets",
    asksAgain: "always",
    lost: "API Error: Server error mid-response.",
    tooLong: "goes on",
  },
  codex: {
    spent: "You’ve hit your usage limit. Try again at",
    asksAgain: "always",
    lost: ours,
    tooLong: "stops",
  },
  opencode: { spent: ours, asksAgain: "always", lost: ours, tooLong: "goes on, but ends with exit code 1" },
  copilot: { spent: ours, asksAgain: "always", lost: ours, tooLong: "goes on" },
  pi: { spent: ours, asksAgain: "always", lost: ours, tooLong: "goes on" },
  "qwen-code": { spent: ours, asksAgain: "always", lost: ours, tooLong: "goes on" },
  cline: { spent: ours, asksAgain: "before the first word", lost: ours, tooLong: "goes on" },
};

/** The cells of docs/clients.md: budget used up, answer cut, compaction. */
export function describeOutcome({ spent, asksAgain, tooLong }: Outcome): readonly [string, string, string] {
  return [
    spent === ours ? ours : `"${spent} …"`,
    asksAgain === "always" ? "asks again" : `asks again ${asksAgain}, else stops`,
    `in time; refused, it ${tooLong}`,
  ];
}
