/** A header of answers. */
export interface AnswerHeader {
  readonly description: string;
  readonly schema: { readonly type: "string" | "integer"; readonly enum?: readonly string[] };
}

const text = { type: "string" } as const;
const count = { type: "integer" } as const;

/** What each answer has. */
export const everyAnswer = ["x-request-id", "cache-control"] as const;

/** The headers of answers, by their names; docs/api.md says more of them. */
export const answerHeaders = {
  "x-request-id": {
    description: "The request's id, in the log too; the caller's own if it sent one.",
    schema: text,
  },
  "cache-control": { description: "Whether the answer may be kept; most may not.", schema: text },
  "request-id": { description: "The same id, under Anthropic's name.", schema: text },
  "x-ignored-parameters": {
    description: "Parameters that had no effect at the upstream that answered, with commas between.",
    schema: text,
  },
  "x-upstream": {
    description: "Who answered, or failed last: the upstream's name and its id of the model.",
    schema: text,
  },
  "x-upstream-attempts": {
    description: "Where more than one was asked: who, what came of it, and how many ms it took.",
    schema: text,
  },
  "x-upstream-request-id": { description: "What that upstream calls the request.", schema: text },
  "x-images-missing": { description: "How many of the `n` pictures could not be drawn.", schema: count },
  "x-usage-estimated": {
    description: "The token counts are the gateway's own, not the upstream's.",
    schema: { type: "string", enum: ["true"] },
  },
  "x-store-error": {
    description: "Why a response could not be stored.",
    schema: { type: "string", enum: ["disk-full", "locked", "queue-full", "unavailable"] },
  },
  "x-trace": { description: "The id of the trace that is made of this request.", schema: text },
  "retry-after": { description: "In so many seconds the same request may be sent again.", schema: count },
  "x-should-retry": {
    description: "`false`: the same request would fail again.",
    schema: { type: "string", enum: ["true", "false"] },
  },
  "x-next": { description: "Where more rows follow: what `after` of the next page is.", schema: text },
  "x-ratelimit-limit-tokens": { description: "What the budget of the upstream has in all.", schema: count },
  "x-ratelimit-remaining-tokens": { description: "What is left of it.", schema: count },
  "x-ratelimit-reset-tokens": {
    description: "When there is a new one, from now: `3h59m1s`.",
    schema: text,
  },
  "x-codex-primary-used-percent": { description: "How much of the budget is used.", schema: text },
  "x-codex-primary-window-minutes": { description: "For how long a budget is.", schema: count },
  "x-codex-primary-reset-at": { description: "When there is a new one, in Unix seconds.", schema: count },
  "anthropic-ratelimit-unified-status": {
    description: "How the budget of the upstream stands.",
    schema: { type: "string", enum: ["allowed", "allowed_warning", "rejected"] },
  },
  "anthropic-ratelimit-unified-reset": {
    description: "When there is a new one, in Unix seconds.",
    schema: count,
  },
  "anthropic-ratelimit-unified-representative-claim": {
    description: "Which limit is told of.",
    schema: { type: "string", enum: ["overage"] },
  },
  "anthropic-ratelimit-unified-overage-utilization": {
    description: "How much of it is used, from 0 to 1.",
    schema: text,
  },
  "anthropic-ratelimit-unified-overage-reset": {
    description: "When there is a new one, in Unix seconds.",
    schema: count,
  },
  "anthropic-ratelimit-unified-overage-surpassed-threshold": {
    description: "The last of the shares at which clients are told that was reached.",
    schema: text,
  },
  etag: { description: "Changes when what is here does.", schema: text },
  location: { description: "Where it is instead.", schema: text },
  vary: { description: "Headers of a request on which the answer depends.", schema: text },
  "www-authenticate": { description: "How the token is to be sent.", schema: text },
  "content-disposition": { description: "The name of the file.", schema: text },
} as const satisfies Readonly<Record<string, AnswerHeader>>;

/** The name of a header of answers. */
export type AnswerHeaderName = keyof typeof answerHeaders;

const openAiBudget = [
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-tokens",
] as const;

/** What an answer says of who made it, beside its body. */
export const upstreamHeaders = [
  "x-ignored-parameters",
  "x-upstream",
  "x-upstream-attempts",
  "x-upstream-request-id",
  "x-trace",
  ...openAiBudget,
] as const satisfies readonly AnswerHeaderName[];

/** What tells of the budget, as Codex reads it. */
export const codexBudget = [
  "x-codex-primary-used-percent",
  "x-codex-primary-window-minutes",
  "x-codex-primary-reset-at",
] as const satisfies readonly AnswerHeaderName[];

/** What tells of the budget, as Claude Code reads it. */
export const anthropicBudget = [
  "anthropic-ratelimit-unified-status",
  "anthropic-ratelimit-unified-reset",
  "anthropic-ratelimit-unified-representative-claim",
  "anthropic-ratelimit-unified-overage-utilization",
  "anthropic-ratelimit-unified-overage-reset",
  "anthropic-ratelimit-unified-overage-surpassed-threshold",
] as const satisfies readonly AnswerHeaderName[];
