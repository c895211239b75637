/** A function that the model may call; its `parameters` are a JSON schema as it was typed. */
export interface ToolDraft {
  readonly name: string;
  readonly description: string;
  readonly parameters: string;
}

/** How much a model shall think; empty: its own way. */
export type Effort = "" | "none" | "low" | "medium" | "high";

/** What goes with each request of a chat, as it was typed; empty: the gateway's or the model's own. */
export interface Settings {
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  /** Some, with a comma between; `\n` is a new line. */
  readonly stop: string;
  readonly thinking: Effort;
  readonly tools: readonly ToolDraft[];
  /** `auto`, `none`, `required`, or the name of a tool behind `:`. */
  readonly toolChoice: string;
  /** A JSON schema; empty: free text. */
  readonly schema: string;
  readonly trace: boolean;
}

/** What the user said. */
export interface UserTurn {
  readonly kind: "user";
  readonly id: string;
  readonly text: string;
  /** Data URLs. */
  readonly images: readonly string[];
}

/** A call that the model made, and what it was told of it. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  readonly result?: string;
  readonly isError?: boolean;
  /** How long the answer by hand took, in ms. */
  readonly afterMs?: number;
}

/** Tokens of an answer; `estimated` by us. */
export interface AnswerUsage {
  readonly input: number;
  readonly output: number;
  readonly thinking: number;
}

/**
 * `waiting`: nothing has come; `streaming`; `done`; `stopped` by the user; `cut`: it broke off after something had come; `failed`: nothing had.
 */
export type AnswerState = "waiting" | "streaming" | "done" | "stopped" | "cut" | "failed";

/** What a model said. Times are in ms from the request on. */
export interface AnswerTurn {
  readonly kind: "answer";
  readonly id: string;
  readonly model: string;
  readonly state: AnswerState;
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly Call[];
  readonly upstream?: string;
  readonly requestId?: string;
  readonly isTraced?: boolean;
  /** Parameters without effect, as the gateway names them. */
  readonly ignored?: string;
  readonly firstMs?: number;
  /** When the thinking ended. */
  readonly thoughtMs?: number;
  readonly ms?: number;
  readonly finish?: string;
  readonly usage?: AnswerUsage;
  /** Why it is `cut` or `failed`. */
  readonly problem?: Problem;
  /** It goes on in the next answer. */
  readonly isContinued?: boolean;
  /** How a picture is doing. */
  readonly progress?: Progress;
}

/** What went wrong. `by`: the gateway told it in the stream or by a status; the stream ended without a word; or the connection broke. */
export interface Problem {
  readonly by: "error" | "end" | "connection";
  readonly message: string;
  /** What was charged all the same, where we may know. */
  readonly charged?: { readonly tokens: number; readonly estimated: boolean };
}

/** What is told of a picture that is being drawn (docs/images.md). */
export interface Progress {
  readonly status: string;
  readonly queuePosition: number | undefined;
}

/** A turn of a chat. */
export type Turn = UserTurn | AnswerTurn;

/** A model and what was said with it. */
export interface Lane {
  readonly model: string;
  readonly turns: readonly Turn[];
}

/** A chat, with one model or two side by side. */
export interface Chat {
  readonly id: string;
  /** As the user named it; empty: by its first words. */
  readonly title: string;
  /** When something was last said, ms since the epoch. */
  readonly at: number;
  readonly settings: Settings;
  readonly lanes: readonly Lane[];
}

/** Settings that ask for nothing. */
export const plainSettings: Settings = {
  system: "",
  temperature: "",
  topP: "",
  maxTokens: "",
  stop: "",
  thinking: "",
  tools: [],
  toolChoice: "auto",
  schema: "",
  trace: false,
};

const titleLength = 80;

/** What a chat is called; empty: nothing was said. */
export function titleOf({ title, lanes }: Chat): string {
  if (title !== "") return title;
  const first = lanes[0]?.turns.find((turn) => turn.kind === "user");
  return (first?.text.trim().split("\n", 1)[0] ?? "").slice(0, titleLength);
}

/** Whether an answer may still change. */
export function isRunning(turn: Turn | undefined): boolean {
  return turn?.kind === "answer" && (turn.state === "waiting" || turn.state === "streaming");
}

/** Whether the model is to say something: the user was last, or all calls of the last answer are told. */
export function isDue({ turns }: Lane): boolean {
  const last = turns.at(-1);
  if (last?.kind !== "answer") return last !== undefined;
  return (
    last.state === "done" && last.calls.length > 0 && last.calls.every(({ result }) => result !== undefined)
  );
}

/** The calls of the last answer that nobody has answered yet. */
export function listOpenCalls({ turns }: Lane): readonly Call[] {
  const last = turns.at(-1);
  if (last?.kind !== "answer" || last.state !== "done") return [];
  return last.calls.filter(({ result }) => result === undefined);
}

function stop(turn: Turn): Turn {
  return turn.kind === "answer" && isRunning(turn) ? { ...turn, state: "stopped" } : turn;
}

/** A chat as it is when nothing of it runs: what ran when the page was left was stopped by that. */
export function toRest(chat: Chat): Chat {
  return { ...chat, lanes: chat.lanes.map((lane) => ({ ...lane, turns: lane.turns.map(stop) })) };
}
