/** How an agent fares at a limit. */
export interface Outcome {
  /** What its user reads when the budget is used up: the gateway's text, or words of the agent's own. */
  readonly spent: string;
  /** When the agent asks again after an answer that broke off; else it stops and says so. */
  readonly asksAgain: "always" | "before the stream has begun";
  /** What its user reads when every answer breaks off. */
  readonly lost: string;
  /** When it sums up a conversation. Default: before the model's context is full. `between prompts` of its user: a task that outgrows it stops. */
  readonly sumsUp?: "between prompts";
  /** What its user reads when it stops at a prompt that is too long. */
  readonly full?: string;
  /** What it does when the gateway refuses a prompt as too long. */
  readonly tooLong:
    | "sums up and goes on"
    | "sums up and goes on, but ends with exit code 1"
    | "leaves out the oldest turns and goes on"
    | "stops";
}

/** In place of an agent's own words. */
export const ours = "our text";

/** As limits.test.ts sees it, and as docs/clients.md tells it by `describeOutcome`. */
export const outcomes: Readonly<Record<string, Outcome>> = {
  "claude-code": {
    spent: "You've hit your usage limit · resets",
    asksAgain: "always",
    lost: "API Error: Server error mid-response.",
    tooLong: "sums up and goes on",
  },
  codex: {
    spent: "You’ve hit your usage limit. Try again at",
    asksAgain: "always",
    lost: ours,
    full: "ran out of room in the model's context window",
    tooLong: "stops",
  },
  opencode: {
    spent: ours,
    asksAgain: "always",
    lost: ours,
    tooLong: "sums up and goes on, but ends with exit code 1",
  },
  copilot: {
    spent: ours,
    asksAgain: "always",
    lost: ours,
    tooLong: "leaves out the oldest turns and goes on",
  },
  pi: { spent: ours, asksAgain: "always", lost: ours, tooLong: "sums up and goes on" },
  "qwen-code": { spent: ours, asksAgain: "always", lost: ours, tooLong: "sums up and goes on" },
  "gemini-cli": {
    spent: ours,
    asksAgain: "always",
    lost: "Incomplete JSON segment at the end",
    sumsUp: "between prompts",
    full: "exceeds the maximum number of tokens allowed",
    tooLong: "stops",
  },
  cline: {
    spent: ours,
    asksAgain: "before the stream has begun",
    lost: ours,
    tooLong: "leaves out the oldest turns and goes on",
  },
};

/** The cells of docs/clients.md: budget used up, answer cut, compaction. */
export function describeOutcome({
  spent,
  asksAgain,
  sumsUp,
  tooLong,
}: Outcome): readonly [string, string, string] {
  return [
    spent === ours ? ours : `"${spent} …"`,
    asksAgain === "always" ? "asks again" : `asks again ${asksAgain}, else stops`,
    `${sumsUp === undefined ? "in time" : `${sumsUp} alone`}; refused, it ${tooLong}`,
  ];
}
