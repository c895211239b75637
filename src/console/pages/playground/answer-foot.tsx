import { useSignal } from "@preact/signals";

import { writeCount, writeRunning, writeSeconds } from "../../domain/figures.ts";
import { type AnswerTurn, isRunning, type Progress } from "../../domain/chat/chat.ts";
import { sumGroup } from "../../domain/chat/figures-of.ts";
import { copy } from "../../parts/copy-button.tsx";
import { LinkButton } from "../../parts/link-button.tsx";
import { now } from "../../state/clock.ts";
import { hasPage } from "../../state/pages.ts";
import { linkTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import type { PlaygroundTexts } from "../../text/playground/en.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { findRunningMs } from "./ask-answer.ts";
import { askAgain } from "./say.ts";

function writeProgress({ status, queuePosition }: Progress, t: PlaygroundTexts["drawing"]): string {
  if (queuePosition !== undefined && queuePosition > 0) return t.queued(queuePosition);
  return status === "pending" || status === "waiting" ? t.waiting : t.drawn;
}

/** How it stands, in a word; nothing when it is fine. */
function StateWord({ answer }: { readonly answer: AnswerTurn }) {
  const t = playgroundTexts.value;
  if (answer.progress !== undefined && isRunning(answer))
    return <span class="foot-running">{writeProgress(answer.progress, t.drawing)}</span>;
  if (answer.state === "waiting" || answer.state === "streaming")
    return <span class="foot-running">{t[answer.state]}</span>;
  if (answer.state === "cut" || answer.state === "failed")
    return <span class="text-red">{t[answer.state]}</span>;
  return answer.state === "stopped" ? <span>{t.stopped}</span> : null;
}

/** Times and tokens of an answer, with those of the answers in its group, and what one can do with it. */
export function AnswerFoot({
  group,
  place,
}: {
  readonly group: readonly AnswerTurn[];
  readonly place: number;
}) {
  const t = playgroundTexts.value;
  const { locale } = texts.value;
  const hasCopied = useSignal(false);
  const answer = group.at(-1);
  async function press(text: string): Promise<void> {
    hasCopied.value = await copy(text);
  }
  if (answer === undefined) return null;
  const runs = isRunning(answer);
  const { firstMs, ms = 0, usage, guessedOutput } = sumGroup(group);
  const runningMs = runs && now.value > 0 ? (findRunningMs(answer.id) ?? 0) : 0;
  const count = (value: number) => writeCount(value, locale);
  const id = answer.requestId;
  return (
    <div class="answer-foot">
      <StateWord answer={answer} />
      {firstMs !== undefined && <span>{t.firstToken(writeSeconds(firstMs))}</span>}
      {(runs || answer.ms !== undefined) && (
        <span>{runs ? writeRunning(ms + runningMs) : writeSeconds(ms)}</span>
      )}
      {usage !== undefined ? (
        <span>{t.inOut(count(usage.input), count(usage.output))}</span>
      ) : (
        guessedOutput > 0 && <span>{t.aboutOut(count(guessedOutput))}</span>
      )}
      {!runs && (
        <>
          {answer.isTraced === true && id !== undefined && hasPage("requests") && (
            <a href={linkTo("requests", { request: id })}>{t.trace}</a>
          )}
          {answer.text !== "" && (
            <LinkButton onPress={() => void press(answer.text)}>
              <span aria-live="polite">{hasCopied.value ? t.copied : t.copy}</span>
            </LinkButton>
          )}
          {answer.state === "done" && (
            <LinkButton onPress={() => askAgain(place, answer)}>{t.again}</LinkButton>
          )}
        </>
      )}
      {answer.ignored !== undefined && (
        <span class="foot-ignored text-amber">{t.ignored(answer.ignored)}</span>
      )}
    </div>
  );
}
