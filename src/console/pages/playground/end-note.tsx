import { writeCount, writeSeconds } from "../../domain/figures.ts";
import type { AnswerTurn } from "../../domain/chat/chat.ts";
import { Button } from "../../parts/button.tsx";
import { CodeText } from "../../parts/code-text.tsx";
import { Icon } from "../../parts/icon.tsx";
import { hasPage } from "../../state/pages.ts";
import { goTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { isDrawer } from "./ask-answer.ts";
import { askAgain, goOn } from "./say.ts";

/** Where an answer ended that is not whole, why, and what one can do. */
export function EndNote({
  answer,
  place,
  isLast,
}: {
  readonly answer: AnswerTurn;
  readonly place: number;
  readonly isLast: boolean;
}) {
  const t = playgroundTexts.value;
  const { state, problem, ms = 0 } = answer;
  if (state === "failed")
    return (
      <div class="end-note end-note-failed">
        <p>
          <b>{t.notAnswered}</b> <bdi>{problem?.message === "" ? t.gotEnd : problem?.message}</bdi>
        </p>
        {isLast && <EndActions answer={answer} place={place} />}
      </div>
    );
  if (state === "stopped")
    return (
      <>
        <Rule kind="stopped" text={answer.ms === undefined ? t.left : t.stoppedHere(writeSeconds(ms))} />
        {isLast && <EndActions answer={answer} place={place} />}
      </>
    );
  if (state === "done")
    return answer.finish === "length" && isLast ? (
      <div class="end-note">
        <p>{t.byLength}</p>
        <EndActions answer={answer} place={place} />
      </div>
    ) : null;
  if (state !== "cut" || problem === undefined) return null;
  const after = writeSeconds(ms);
  return (
    <>
      <Rule
        kind="cut"
        text={
          problem.by === "connection"
            ? t.cutByConnection(after)
            : t.cutBy(answer.upstream ?? t.theUpstream, after)
        }
      />
      {answer.isContinued !== true && (
        <div class="end-note">
          <p>
            <CutWords answer={answer} />
          </p>
          {isLast && <EndActions answer={answer} place={place} />}
        </div>
      )}
    </>
  );
}

function Rule({ kind, text }: { readonly kind: "cut" | "stopped"; readonly text: string }) {
  return (
    <p class={`end-rule end-rule-${kind}`}>
      <span>
        <Icon name={kind === "cut" ? "cut" : "stop"} size={14} /> {text}
      </span>
    </p>
  );
}

/** What the client got, and what it cost. */
function CutWords({ answer: { problem } }: { readonly answer: AnswerTurn }) {
  const t = playgroundTexts.value;
  if (problem === undefined) return null;
  const got = { error: t.gotError, end: t.gotEnd, connection: t.gotNothing }[problem.by];
  return (
    <>
      {problem.by === "error" && (
        <>
          <bdi>{problem.message}</bdi>{" "}
        </>
      )}
      <CodeText text={got} />
      {problem.charged !== undefined &&
        ` ${t.charged(writeCount(problem.charged.tokens, texts.value.locale), problem.charged.estimated)}`}
    </>
  );
}

function EndActions({ answer, place }: { readonly answer: AnswerTurn; readonly place: number }) {
  const t = playgroundTexts.value;
  const id = answer.requestId;
  return (
    <div class="actions">
      <Button small onPress={() => askAgain(place, answer)}>
        {t.askAgain}
      </Button>
      {answer.text !== "" && answer.calls.length === 0 && !isDrawer(answer.model) && (
        <Button small kind="quiet" onPress={() => goOn(place, answer)}>
          {t.goOn}
        </Button>
      )}
      {answer.isTraced === true && id !== undefined && hasPage("requests") && (
        <Button small kind="quiet" onPress={() => goTo("requests", { request: id })}>
          {t.openTrace}
        </Button>
      )}
    </div>
  );
}
