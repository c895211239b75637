import { useSignal } from "@preact/signals";

import type { TextObject } from "../../domain/requests/trace-types.ts";
import { writeCount } from "../../domain/figures.ts";
import type { PromptPart } from "../../domain/requests/read-prompt.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { texts } from "../../text/index.ts";
import { CopyIcon } from "./copy-icon.tsx";
import { Folded } from "./folded.tsx";
import { requestTexts } from "./text.ts";

/** So many parts are shown at first: a long conversation has thousands. */
const firstParts = 40;
const shownLines = 6;

/** What an upstream was sent, part by part. */
export function PromptPanel(props: {
  readonly parts: readonly PromptPart[];
  readonly body: TextObject | undefined;
}) {
  const { parts, body } = props;
  const { locale } = texts.value;
  const t = requestTexts.value.trace;
  const shown = useSignal(firstParts);
  const count = (length: number) => writeCount(length, locale);
  return (
    <Card
      class="trace-panel panel-prompt"
      title={t.prompt}
      note={body === undefined ? undefined : t.characters(count(body.text.length + (body.cut ?? 0)))}
      aside={body === undefined ? undefined : <CopyIcon text={body.text} label={t.copyPrompt} />}
    >
      {parts.length === 0 && <p class="quiet">{t.noPrompt}</p>}
      <ol class="prompt-parts">
        {parts.slice(0, shown.value).map(({ role, text, isOurs }, index) => (
          <li key={index} class={isOurs ? "prompt-ours" : ""}>
            <p class="part-head">
              <span>
                {t.roles[role] ?? role}
                {isOurs && `, ${t.ours}`}
              </span>
              <span class="number">{count(text.length)}</span>
            </p>
            <Folded text={text} lines={shownLines} />
          </li>
        ))}
      </ol>
      {parts.length > shown.value && (
        <p class="padded">
          <Button
            small
            onPress={() => {
              shown.value += 200;
            }}
          >
            {t.moreEvents(count(parts.length - shown.value))}
          </Button>
        </p>
      )}
      {body?.cut !== undefined && <p class="quiet">{t.missing(count(body.cut))}</p>}
    </Card>
  );
}
