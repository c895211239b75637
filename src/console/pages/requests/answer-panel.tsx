import { type Signal, useSignal } from "@preact/signals";

import type { TextObject, TurnObject } from "../../domain/requests/trace-types.ts";
import { writeCount, writeSeconds } from "../../domain/figures.ts";
import type { BlockPlace } from "../../domain/requests/link-parts.ts";
import type { Answer, AnswerPart } from "../../domain/requests/read-answer.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Segments } from "../../parts/segments.tsx";
import { texts } from "../../text/index.ts";
import { Folded } from "./folded.tsx";
import { isPointed, type Pointed, pointsAt } from "./pointed.ts";
import { requestTexts } from "./text.ts";

/** What the panel of the answer shows. */
export interface AnswerPanelProps {
  readonly answer: Answer;
  readonly body: TextObject | undefined;
  /** For each part of the answer, the block that it was. */
  readonly links: readonly (BlockPlace | undefined)[];
  readonly turns: readonly TurnObject[];
  readonly pointed: Signal<Pointed | undefined>;
  readonly isRepair: (turn: number) => boolean;
}

/** The answer as the client got it: read, or as the bytes that came. */
export function AnswerPanel(props: AnswerPanelProps) {
  const { answer, body } = props;
  const t = requestTexts.value.trace;
  const view = useSignal<"read" | "events">("read");
  return (
    <Card
      class="trace-panel panel-answer"
      title={t.answer}
      aside={
        <Segments
          small
          label={t.view}
          value={view.value}
          options={[
            { value: "read", text: t.read },
            { value: "events", text: t.events },
          ]}
          onChange={(value) => {
            view.value = value;
          }}
        />
      }
    >
      {body === undefined ? (
        <p class="quiet">{t.noAnswer}</p>
      ) : view.value === "events" ? (
        <Events answer={answer} body={body} />
      ) : (
        <Read {...props} />
      )}
      {body?.cut !== undefined && <p class="quiet">{t.missing(writeCount(body.cut, texts.value.locale))}</p>}
    </Card>
  );
}

function Read({ answer, links, turns, pointed, isRepair }: AnswerPanelProps) {
  const t = requestTexts.value.trace;
  const { locale } = texts.value;
  const { parts, stop, usage } = answer;
  return (
    <>
      <ol class="answer-parts">
        {parts.map((part, index) => {
          const link = links[index];
          const block = link === undefined ? undefined : turns[link.turn]?.blocks[link.block];
          const place = link === undefined ? undefined : { ...link, name: block?.name };
          const when =
            block?.from_ms === undefined
              ? ""
              : part.kind === "thinking"
                ? t.span(writeSeconds(block.from_ms), writeSeconds(block.to_ms ?? block.from_ms))
                : writeSeconds(block.from_ms);
          const note = link !== undefined && isRepair(link.turn) ? `${when} · ${t.fromRepair}` : when;
          return (
            <li
              key={index}
              class={`answer-part answer-${part.kind}${place !== undefined && isPointed(pointed.value, place) ? " is-pointed" : ""}`}
              {...pointsAt(pointed, place)}
            >
              <Part part={part} note={note} />
            </li>
          );
        })}
      </ol>
      {parts.length === 0 && <p class="quiet">{t.noAnswer}</p>}
      {(stop !== undefined || usage !== undefined) && (
        <dl class="answer-end">
          {stop !== undefined && (
            <>
              <dt>{t.stop}</dt>
              <dd class="mono">{stop}</dd>
            </>
          )}
          {usage !== undefined && (
            <>
              <dt>{t.usage}</dt>
              <dd class="mono">
                {t.usageOf(writeCount(usage.input, locale), writeCount(usage.output, locale))}
              </dd>
            </>
          )}
        </dl>
      )}
    </>
  );
}

/** Arguments over several lines; as they came where they are no JSON. */
function spread(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function Part({ part: { kind, text, name }, note }: { readonly part: AnswerPart; readonly note: string }) {
  const t = requestTexts.value.trace;
  if (kind === "thinking")
    return (
      <details>
        <summary class="part-head">
          <span>{t.as.thinking}</span>
          <span class="number">{note}</span>
        </summary>
        <Folded text={text} />
      </details>
    );
  const title =
    kind === "tool_call" ? `${t.as.tool_call} ${name ?? ""}` : kind === "text" ? t.as.text : t[kind];
  return (
    <>
      <p class="part-head">
        <span class={kind === "tool_call" ? "answer-tool" : kind === "error" ? "text-red" : ""}>{title}</span>
        <span class="number">{note}</span>
      </p>
      {kind === "tool_call" ? (
        <div class="code answer-code">
          <Folded text={spread(text)} />
        </div>
      ) : (
        text !== "" && <Folded text={text} />
      )}
    </>
  );
}

const firstEvents = 100;

function Events({ answer: { events }, body }: { readonly answer: Answer; readonly body: TextObject }) {
  const t = requestTexts.value.trace;
  const shown = useSignal(firstEvents);
  if (events.length === 0)
    return (
      <div class="padded">
        <p class="note">{t.noEvents}</p>
        <Folded text={spread(body.text)} />
      </div>
    );
  return (
    <>
      <ol class="events">
        {events.slice(0, shown.value).map(({ name, data }, index) => (
          <li key={index}>
            <span class="event-name">
              {index + 1} {name}
            </span>
            <Folded text={data} lines={4} />
          </li>
        ))}
      </ol>
      {events.length > shown.value && (
        <p class="padded">
          <Button
            small
            onPress={() => {
              shown.value += 500;
            }}
          >
            {t.moreEvents(writeCount(events.length - shown.value, texts.value.locale))}
          </Button>
        </p>
      )}
    </>
  );
}
