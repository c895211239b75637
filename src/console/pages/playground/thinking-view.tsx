import { writeCount, writeRunning, writeSeconds } from "../../domain/figures.ts";
import type { AnswerTurn } from "../../domain/chat/chat.ts";
import { isRunning } from "../../domain/chat/chat.ts";
import { thinkingMs } from "../../domain/chat/figures-of.ts";
import { guessTokens } from "../../domain/chat/read-settings.ts";
import { Icon } from "../../parts/icon.tsx";
import { now } from "../../state/clock.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { findRunningMs } from "./ask-answer.ts";

/** What a model thought: open while it thinks, then folded. */
export function ThinkingView({ answer }: { readonly answer: AnswerTurn }) {
  const t = playgroundTexts.value;
  const { locale } = texts.value;
  const thinks = isRunning(answer) && answer.thoughtMs === undefined;
  const begun = answer.firstMs ?? 0;
  // The clock has the running time be written anew.
  const untilMs = answer.thoughtMs ?? (now.value > 0 ? findRunningMs(answer.id) : undefined) ?? begun;
  const tokens = answer.usage?.thinking ?? guessTokens(answer.thinking);
  return (
    <details class="thinking" key={thinks ? "open" : "folded"} open={thinks}>
      <summary>
        <Icon name="next" size={12} />
        <span>
          {thinks
            ? t.thinkingNow(writeRunning(untilMs - begun))
            : t.thoughtFor(writeSeconds(thinkingMs(answer, untilMs)))}
        </span>
        {!thinks && tokens > 0 && <span class="thinking-tokens">{t.tokens(writeCount(tokens, locale))}</span>}
      </summary>
      <div class="thinking-text" dir="auto" tabIndex={0}>
        {answer.thinking.trim()}
      </div>
    </details>
  );
}
