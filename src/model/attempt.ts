/** One try to answer a request at one upstream. */
export interface Attempt {
  readonly upstream: string;
  /** The upstream's own id of the model. */
  readonly model: string;
  /** `answered`: it began an answer, whatever became of it later; else the kind of its failure. */
  readonly outcome: string;
  /** Until the first events or the failure. */
  readonly ms: number;
}

/** A header's value: `web/DeepSeek-V3.2;budget-exhausted;12, mine/qwen3;answered;430`. Only printable ASCII. */
export function encodeAttempts(attempts: readonly Attempt[]): string {
  return attempts
    .map((attempt) => `${encodeAttemptName(attempt)};${attempt.outcome};${attempt.ms}`)
    .join(", ");
}

/** Who was asked, as a header's value: `web/DeepSeek-V3.2`. Only printable ASCII. */
export function encodeAttemptName({ upstream, model }: Pick<Attempt, "upstream" | "model">): string {
  return `${toToken(upstream)}/${toToken(model)}`;
}

/** Names as they are, but for what would end them in a header. */
function toToken(name: string): string {
  return name.replace(/[^\x21-\x7e]|[,;]/g, "_");
}
