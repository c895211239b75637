import { describeWait } from "../../upstreams/akash-chat/exhausted-error.ts";
import type { Size } from "./client.ts";
import type { Allowance } from "./find-allowance.ts";

/** Tokens (o200k) of the first request as the upstream gets it: "Say hello." in a small repository. */
interface Sizes extends Readonly<Record<Size, number>> {
  /** The agent's version that was measured. */
  readonly version: string;
  /** As its files set it up, where a short prompt can't be given in a file. `undefined`: as `launch` does. */
  readonly connected?: Readonly<Record<Size, number>>;
}

/** As `launch` starts them; test/agents/sizes.test.ts compares this with what those versions send. */
export const promptSizes: Readonly<Record<string, Sizes>> = {
  "claude-code": {
    version: "2.1.332",
    full: 10_110,
    default: 1_720,
    small: 780,
    connected: { full: 10_110, default: 2_540, small: 780 },
  },
  codex: { version: "0.171.0", full: 7_520, default: 960, small: 960 },
  opencode: { version: "1.18.33", full: 6_620, default: 2_450, small: 1_680 },
  copilot: { version: "1.0.102", full: 9_830, default: 4_000, small: 3_230 },
  pi: { version: "1.5.2", full: 1_170, default: 880, small: 590 },
  "qwen-code": {
    version: "0.24.4",
    full: 25_650,
    default: 3_950,
    small: 3_290,
    connected: { full: 25_650, default: 7_520, small: 6_890 },
  },
  "gemini-cli": {
    version: "0.61.0",
    full: 9_880,
    default: 2_030,
    small: 1_000,
    connected: { full: 9_880, default: 6_940, small: 5_850 },
  },
  cline: { version: "3.0.65", full: 3_420, default: 1_340, small: 740 },
};

const format = (tokens: number): string => tokens.toLocaleString("en-US");

/**
 * One line on what the chosen size costs, or `undefined` for a client that was not measured. `title` is the client's
 * name for people, `by` what sets it up.
 */
export function describeSize(
  client: string,
  title: string,
  size: Size,
  by: "launch" | "connect",
): string | undefined {
  const measured = Object.hasOwn(promptSizes, client) ? promptSizes[client] : undefined;
  if (measured === undefined) return undefined;
  const sizes = (by === "connect" ? measured.connected : undefined) ?? measured;
  if (size === "full") {
    return (
      `${title}'s own prompt: at most about ${format(sizes.full)} tokens in the first request, ` +
      `fewer when the gateway tells tools in short (TOOL_DETAIL); ` +
      `without --full about ${format(sizes.default)}.`
    );
  }
  return (
    `${size === "small" ? "Smallest" : "Small"} prompt: about ${format(sizes[size])} tokens in the first request ` +
    `instead of ${format(sizes.full)}; --full gives ${title} its own.`
  );
}

/** What a prompt is taken from, where it is known: one line behind `describeSize`. */
export function describeAllowance({ upstream, tokens, windowMs }: Allowance): string {
  return `${upstream} gives ${format(tokens)} tokens in ${describeWait(windowMs)}.`;
}
