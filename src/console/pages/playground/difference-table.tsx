import { writeCount, writeMoney, writeSeconds } from "../../domain/figures.ts";
import type { AnswerTurn, Lane } from "../../domain/chat/chat.ts";
import { costOf, listGroup, paceOf, sumGroup } from "../../domain/chat/figures-of.ts";
import { status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";

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
    const pace = sum === undefined ? undefined : paceOf(sum);
    const cost = answers.length === 0 ? undefined : costOf(answers, models, isFree);
    return {
      first: sum?.firstMs === undefined ? unknown : writeSeconds(sum.firstMs),
      pace: pace === undefined ? unknown : writeCount(pace, locale),
      thinking: sum?.usage === undefined ? unknown : writeCount(sum.usage.thinking, locale),
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
