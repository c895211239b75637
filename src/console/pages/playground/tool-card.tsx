import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

import { writeSeconds } from "../../domain/figures.ts";
import { type AnswerTurn, type Call, isRunning, type ToolDraft } from "../../domain/chat/chat.ts";
import { findLeg } from "../../domain/chat/figures-of.ts";
import { checkArguments } from "../../domain/chat/read-settings.ts";
import { showControls } from "../../domain/markdown/show-controls.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { status } from "../../state/status.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { chat } from "./chat-state.ts";
import { answerCall } from "./say.ts";
import { writeJson } from "./write-json.ts";

/** A call, and where one answers it by hand; once it is answered it stays as it is. */
export function ToolCard(props: {
  readonly answer: AnswerTurn;
  readonly call: Call;
  readonly place: number;
}) {
  const { answer, call, place } = props;
  const t = playgroundTexts.value;
  const leg = findLeg(status.value?.models ?? [], answer);
  const tool: ToolDraft | undefined = chat.value.settings.tools.find(({ name }) => name === call.name);
  const support = leg?.tools;
  return (
    <section class="tool-card">
      <header>
        <Icon name="tool" size={14} />
        <h3>
          <bdi>{showControls(call.name)}</bdi>
        </h3>
        {(support === "emulated" || support === "native") && <Badge kind={support}>{t[support]}</Badge>}
        <ArgumentState answer={answer} call={call} tool={tool} />
      </header>
      <div class="tool-rows">
        <span>{t.arguments}</span>
        <pre class="tool-arguments" tabIndex={0}>
          {showControls(writeJson(call.arguments))}
        </pre>
        <ResultRow answer={answer} call={call} place={place} />
      </div>
    </section>
  );
}

function ArgumentState(props: {
  readonly answer: AnswerTurn;
  readonly call: Call;
  readonly tool: ToolDraft | undefined;
}) {
  const { answer, call, tool } = props;
  const t = playgroundTexts.value;
  if (isRunning(answer)) return <span class="tool-state">{t.calling}</span>;
  const wrong = checkArguments(call.arguments, tool);
  const words =
    wrong === undefined
      ? t.argumentsValid
      : wrong.kind === "no-json"
        ? t.argumentsNoJson
        : t.argumentsMissing(wrong.name);
  return (
    <span class={`tool-state ${wrong === undefined ? "" : "text-amber"}`}>
      {words}
      {answer.ms !== undefined && ` · ${writeSeconds(answer.ms)}`}
    </span>
  );
}

function ResultRow({
  answer,
  call,
  place,
}: {
  readonly answer: AnswerTurn;
  readonly call: Call;
  readonly place: number;
}) {
  const t = playgroundTexts.value;
  const typed = useSignal("");
  const shownAt = useRef(performance.now());
  const isAnswered = call.result !== undefined;
  if (!isAnswered && answer.state !== "done") return null;
  const send = (isError: boolean) =>
    answerCall(place, answer, call.id, {
      result: typed.value,
      isError,
      afterMs: Math.round(performance.now() - shownAt.current),
    });
  return (
    <>
      <label for={`result-${answer.id}-${call.id}`}>{t.yourResult}</label>
      <textarea
        id={`result-${answer.id}-${call.id}`}
        class="mono"
        rows={1}
        spellcheck={false}
        readOnly={isAnswered}
        placeholder={t.resultHint}
        value={call.result ?? typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
      <div class="actions tool-send">
        {isAnswered ? (
          <>
            <Button small off>
              {call.isError === true ? t.sentError : t.sent}
            </Button>
            <span class="note">
              {call.afterMs === undefined ? t.byClient : t.byHand(writeSeconds(call.afterMs))}
            </span>
          </>
        ) : (
          <>
            <Button small onPress={() => send(false)}>
              {t.sendResult}
            </Button>
            <Button small kind="quiet" onPress={() => send(true)}>
              {t.sendError}
            </Button>
          </>
        )}
      </div>
    </>
  );
}
