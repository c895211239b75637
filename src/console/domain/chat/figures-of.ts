import type { LegObject, ModelObject } from "../../api/types.ts";
import type { AnswerTurn, AnswerUsage, Turn } from "./chat.ts";
import { guessTokens } from "./read-settings.ts";

/** What an answer came to, with the answers of the same turn before it, which ended in calls or broke off. */
export interface AnswerFigures {
  readonly firstMs: number | undefined;
  /** The time that the model took, without that of answers by hand. */
  readonly ms: number | undefined;
  readonly usage: AnswerUsage | undefined;
  /** Tokens that came so far, by a guess where nobody has counted, and how many of them are thinking. */
  readonly guessedOutput: number;
  readonly guessedThinking: number;
}

/** The answers to what the user said last before one of them, up to that one. */
export function listGroup(turns: readonly Turn[], answer: AnswerTurn): readonly AnswerTurn[] {
  const end = turns.indexOf(answer);
  const begin = turns.slice(0, end).findLastIndex(({ kind }) => kind === "user");
  return turns.slice(begin + 1, end + 1).filter((turn) => turn.kind === "answer");
}

function total(group: readonly AnswerTurn[], pick: (answer: AnswerTurn) => number): number {
  return group.reduce((all, answer) => all + pick(answer), 0);
}

/** Sums a group up. */
export function sumGroup(group: readonly AnswerTurn[]): AnswerFigures {
  const times = group.map(({ ms }) => ms).filter((ms) => ms !== undefined);
  const usages = group.map(({ usage }) => usage).filter((usage) => usage !== undefined);
  const sum = (pick: (usage: AnswerUsage) => number) => usages.reduce((all, one) => all + pick(one), 0);
  const isCounted = usages.length === group.length;
  return {
    firstMs: group[0]?.firstMs,
    ms: times.length === 0 ? undefined : times.reduce((all, ms) => all + ms, 0),
    usage: isCounted
      ? {
          input: sum(({ input }) => input),
          output: sum(({ output }) => output),
          thinking: sum((one) => one.thinking),
        }
      : undefined,
    guessedOutput: total(
      group,
      (one) => one.usage?.output ?? guessTokens(one.thinking) + guessTokens(one.text),
    ),
    guessedThinking: total(group, (one) => one.usage?.thinking ?? guessTokens(one.thinking)),
  };
}

/** Thinking that comes within so short a time, in ms, came in one piece. */
const pieceMs = 50;

/** How long a model thought, in ms, up to `untilMs`: from its first piece on, or where the upstream sends all of it at once, from the request on. */
export function thinkingMs({ firstMs = 0 }: AnswerTurn, untilMs: number): number {
  return untilMs - firstMs < pieceMs ? untilMs : untilMs - firstMs;
}

/** Tokens a second behind the first, up to `untilMs`; `undefined`: too little is known. */
export function paceOf(
  { firstMs, guessedOutput }: AnswerFigures,
  untilMs: number | undefined,
): number | undefined {
  if (firstMs === undefined || untilMs === undefined || untilMs <= firstMs) return undefined;
  return guessedOutput / ((untilMs - firstMs) / 1000);
}

/** The model at the upstream that answered. */
export function findLeg(models: readonly ModelObject[], answer: AnswerTurn): LegObject | undefined {
  const model = models.find(({ id }) => id === answer.model);
  return model?.upstreams.find(({ name }) => name === answer.upstream) ?? model?.upstreams[0];
}

/** What answers cost in US dollars, by the prices of those who gave them; `undefined`: a price is not known. */
export function costOf(
  group: readonly AnswerTurn[],
  models: readonly ModelObject[],
  isFree: (upstream: string) => boolean,
): number | undefined {
  let usd = 0;
  for (const answer of group) {
    const leg = findLeg(models, answer);
    if (leg !== undefined && isFree(leg.name)) continue;
    const pricing = leg?.pricing ?? undefined;
    if (pricing === undefined || answer.usage === undefined) return undefined;
    const { prompt = "0", completion = "0", request = "0" } = pricing;
    usd += answer.usage.input * Number(prompt) + answer.usage.output * Number(completion) + Number(request);
  }
  return usd;
}
