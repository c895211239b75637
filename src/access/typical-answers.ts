/** Tokens of an answer of which nothing is known. */
const firstGuess = 1000;
/** So much of the typical answer is the last one's. */
const weight = 0.1;
/** Models of which the length is remembered. */
const maximumModels = 1000;

/** How long answers usually are, by model, as they were so far. */
export interface TypicalAnswers {
  /** Tokens to reserve for an answer without a bound: half as much again as the typical one. */
  guess(model: string): number;
  /** An answer was so long. */
  learn(model: string, tokens: number): void;
}

/** Creates the memory of one process; it begins anew with it. */
export function createTypicalAnswers(): TypicalAnswers {
  const means = new Map<string, number>();
  return {
    guess: (model) => Math.ceil((means.get(model) ?? firstGuess) * 1.5),
    learn(model, tokens) {
      const mean = means.get(model) ?? tokens;
      if (means.size >= maximumModels && !means.has(model)) return;
      means.set(model, mean + (tokens - mean) * weight);
    },
  };
}
