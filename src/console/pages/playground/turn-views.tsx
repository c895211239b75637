import { useSignal } from "@preact/signals";

import { type AnswerTurn, isRunning, type Turn, type UserTurn } from "../../domain/chat/chat.ts";
import { listGroup } from "../../domain/chat/figures-of.ts";
import { Button } from "../../parts/button.tsx";
import { LinkButton } from "../../parts/link-button.tsx";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { AnswerFoot } from "./answer-foot.tsx";
import { chat, isBusy } from "./chat-state.ts";
import { EndNote } from "./end-note.tsx";
import { MarkdownView } from "./markdown-view.tsx";
import { resend } from "./say.ts";
import { ThinkingView } from "./thinking-view.tsx";
import { ToolCard } from "./tool-card.tsx";

/** A turn of a lane. */
export function TurnView({
  turns,
  turn,
  place,
}: {
  readonly turns: readonly Turn[];
  readonly turn: Turn;
  readonly place: number;
}) {
  return turn.kind === "user" ? (
    <UserView turn={turn} />
  ) : (
    <AnswerView turns={turns} answer={turn} place={place} />
  );
}

/** What the user said, and where it is said otherwise. */
function UserView({ turn }: { readonly turn: UserTurn }) {
  const t = playgroundTexts.value;
  const edited = useSignal<string | undefined>(undefined);
  const isAlone = chat.value.lanes.length === 1;
  const text = edited.value;
  const close = () => {
    edited.value = undefined;
  };
  const send = () => {
    resend(turn, text ?? "");
    close();
  };
  return (
    <article class="user-turn" aria-label={t.you}>
      <header class={isAlone ? "" : "turn-head-quiet"}>
        <span>{t.you}</span>
        {text === undefined && !isBusy.value && (
          <LinkButton
            class="edit-turn"
            onPress={() => {
              edited.value = turn.text;
            }}
          >
            {t.edit}
          </LinkButton>
        )}
      </header>
      {text === undefined ? (
        <div class="user-text" dir="auto">
          {turn.text}
          {turn.images.length > 0 && (
            <span class="user-images">
              {turn.images.map((source, index) => (
                <img key={index} src={source} alt={t.picture(index + 1)} />
              ))}
            </span>
          )}
        </div>
      ) : (
        <form
          class="edit-form"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <textarea
            aria-label={t.edit}
            value={text}
            ref={(field) => {
              if (field !== null && document.activeElement === document.body) field.focus();
            }}
            onInput={(event) => {
              edited.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key === "Escape") close();
              else if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
              else send();
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          <div class="actions">
            <Button small type="submit" off={text.trim() === "" && turn.images.length === 0}>
              {t.resend}
            </Button>
            <Button small kind="quiet" onPress={close}>
              {texts.value.common.cancel}
            </Button>
          </div>
        </form>
      )}
    </article>
  );
}

/** What a model said: who, thinking, words, calls, how it ended, and what it took. */
function AnswerView({
  turns,
  answer,
  place,
}: {
  readonly turns: readonly Turn[];
  readonly answer: AnswerTurn;
  readonly place: number;
}) {
  const index = turns.indexOf(answer);
  const isLast = index === turns.length - 1;
  const goesOn = turns[index + 1]?.kind === "answer";
  const isAlone = chat.value.lanes.length === 1;
  return (
    <article class="answer-turn" aria-label={answer.model} aria-busy={isRunning(answer)}>
      {turns[index - 1]?.kind === "user" && (
        <header class={isAlone ? "" : "turn-head-quiet"}>
          <b>
            <bdi>{answer.model}</bdi>
          </b>
          <span>{answer.upstream}</span>
        </header>
      )}
      {answer.thinking !== "" && <ThinkingView answer={answer} />}
      {answer.text !== "" && (
        <div class={answer.state === "streaming" && answer.calls.length === 0 ? "streamed" : ""}>
          <MarkdownView text={answer.text} />
        </div>
      )}
      {answer.calls.map((call, at) => (
        <ToolCard key={`${call.id} ${at}`} answer={answer} call={call} place={place} />
      ))}
      <EndNote answer={answer} place={place} isLast={isLast} />
      {!goesOn && <AnswerFoot group={listGroup(turns, answer)} place={place} />}
    </article>
  );
}
