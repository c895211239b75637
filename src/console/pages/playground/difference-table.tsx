import { writeCount, writeMoney, writeSeconds } from "../../domain/figures.ts";
import type { AnswerTurn, Lane } from "../../domain/chat/chat.ts";
import { costOf, listGroup, paceOf, sumGroup } from "../../domain/chat/figures-of.ts";
import { now } from "../../state/clock.ts";
import { status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { findRunningMs } from "./ask-answer.ts";

/** What is not known, or not yet. */
const unknown = "—";

function listAnswers({ turns }: Lane): readonly AnswerTurn[] {
  return turns.filter((turn) => turn.kind === "answer");
}

/** What the last answers took, side by side. */
export function DifferenceTable({ lanes }: { readonly lanes: readonly Lane[] }) {
  const t = playgroundTexts.value;
  const { locale } = texts.value;
  const { models = [], upstreams = [] } = status.value ?? {};
  const isFree = (name: string) => upstreams.find((one) => one.name === name)?.type === "akash-chat";
  const figures = lanes.map((lane) => {
    const answers = listAnswers(lane);
    const last = answers.at(-1);
    const sum = last === undefined ? undefined : sumGroup(listGroup(lane.turns, last));
    const cost = answers.length === 0 ? undefined : costOf(answers, models, isFree);
    if (sum === undefined || last === undefined)
      return { first: unknown, pace: unknown, thinking: unknown, cost: unknown };
    // The clock has the pace of what runs be reckoned anew.
    const runningMs = now.value > 0 ? findRunningMs(last.id) : undefined;
    const pace = paceOf(sum, runningMs === undefined ? sum.ms : (sum.ms ?? 0) + runningMs);
    const guess = sum.usage === undefined ? "~" : "";
    return {
      first: sum.firstMs === undefined ? unknown : writeSeconds(sum.firstMs),
      pace: pace === undefined ? unknown : guess + writeCount(pace, locale),
      thinking: guess + writeCount(sum.guessedThinking, locale),
      cost: cost === undefined ? unknown : cost === 0 ? t.free : writeMoney(cost, locale),
    };
  });
  const rows = [
    ["first", t.firstTokenRow],
    ["pace", t.tokensASecond],
    ["thinking", t.thinkingTokens],
    ["cost", t.costSoFar],
  ] as const;
  return (
    <section class="drawer-section">
      <table class="difference">
        <caption>{t.difference}</caption>
        <thead class="out-of-sight">
          <tr>
            <td />
            {lanes.map(({ model }, place) => (
              <th key={place} scope="col">
                {model}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, label]) => (
            <tr key={name}>
              <th scope="row">{label}</th>
              {figures.map((one, place) => (
                <td key={place} class="number">
                  {one[name]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
