import type { Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import type { TurnObject } from "../../domain/requests/trace-types.ts";
import { writeCount } from "../../domain/figures.ts";
import { type RawPiece, readRaw } from "../../domain/requests/read-raw.ts";
import { Card } from "../../parts/card.tsx";
import { CodeText } from "../../parts/code-text.tsx";
import { Segments } from "../../parts/segments.tsx";
import { texts } from "../../text/index.ts";
import { CopyIcon } from "./copy-icon.tsx";
import { Folded } from "./folded.tsx";
import { isPointed, type Pointed, pointsAt } from "./pointed.ts";
import { requestTexts } from "./text.ts";
import { writeKind } from "./write-row.ts";

/** What the panel of the raw text shows. */
export interface RawPanelProps {
  readonly turns: readonly TurnObject[];
  readonly turn: Signal<number>;
  readonly pointed: Signal<Pointed | undefined>;
  readonly isRepair: (turn: number) => boolean;
}

/** What the model wrote in a turn, and what became of each part of it. */
export function RawPanel({ turns, turn, pointed, isRepair }: RawPanelProps) {
  const t = requestTexts.value.trace;
  const shown = turns[turn.value];
  const pieces = useMemo(() => (shown === undefined ? [] : readRaw(shown)), [shown]);
  const all = shown?.raw.map(({ text }) => text).join("\n") ?? "";
  return (
    <Card
      class="trace-panel panel-raw"
      title={t.raw}
      aside={
        <div class="actions">
          {turns.length > 1 && (
            <Segments
              small
              label={t.turns}
              value={String(turn.value)}
              options={turns.map((_, index) => ({
                value: String(index),
                text: isRepair(index) ? t.repair : t.turn(index + 1),
              }))}
              onChange={(value) => {
                turn.value = Number(value);
              }}
            />
          )}
          {all !== "" && <CopyIcon text={all} label={t.copyRaw} />}
        </div>
      }
    >
      {pieces.length === 0 && <p class="quiet">{shown === undefined ? t.noTurns : t.noTurn}</p>}
      <ol class="raw">
        {pieces.map((piece, index) => (
          <Piece
            key={`${turn.value} ${index}`}
            piece={piece}
            turn={turn.value}
            pointed={pointed}
            of={shown}
          />
        ))}
      </ol>
      {shown !== undefined && <TurnEnd turn={shown} hasDropped={pieces.some(({ as }) => as === "dropped")} />}
    </Card>
  );
}

function Piece(props: {
  readonly piece: RawPiece;
  readonly turn: number;
  readonly of: TurnObject | undefined;
  readonly pointed: Signal<Pointed | undefined>;
}) {
  const { piece, turn, of, pointed } = props;
  const t = requestTexts.value.trace;
  const { as, text, block, mended } = piece;
  const place = block === undefined ? undefined : { turn, block, name: of?.blocks[block]?.name };
  const isMarked = place !== undefined && isPointed(pointed.value, place);
  return (
    <li class={`raw-part raw-${as}${isMarked ? " is-pointed" : ""}`} {...pointsAt(pointed, place)}>
      <span class="raw-label">{t.as[as]}</span>
      <div class="raw-body">
        <Folded
          text={text}
          struck={as === "dropped"}
          {...(mended === undefined || mended === "somewhere"
            ? {}
            : { draw: (shown: string) => <Underlined text={shown} from={mended.from} to={mended.to} /> })}
        />
        {mended !== undefined && (
          <p class="raw-note">
            <b>{t.mended}</b>{" "}
            {mended === "somewhere" ? (
              t.mendedSomewhere
            ) : (
              <CodeText
                text={t.mendedBy(
                  text.slice(mended.from, mended.to).replaceAll("`", ""),
                  mended.by.replaceAll("`", ""),
                )}
              />
            )}
          </p>
        )}
      </div>
    </li>
  );
}

/** A text in which a stretch is underlined; where something is missing, what stands around it. */
function Underlined({
  text,
  from,
  to,
}: {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}) {
  const [begin, end] = from === to ? [Math.max(0, from - 1), to + 1] : [from, to];
  return (
    <>
      {text.slice(0, begin)}
      <u class="mended">{text.slice(begin, end)}</u>
      {text.slice(end)}
    </>
  );
}

/** What became of the turn as a whole. */
function TurnEnd({ turn, hasDropped }: { readonly turn: TurnObject; readonly hasDropped: boolean }) {
  const t = requestTexts.value;
  const { outcome, reason = "", told, raw_cut: cut } = turn;
  return (
    <div class="raw-end">
      {outcome === "asked_again" && (
        <div class="raw-note">
          <b>{t.trace.askedAgain}</b> {t.verdict.reasons[reason] ?? reason}.
          {told !== undefined && (
            <details>
              <summary>{t.trace.told}</summary>
              <Folded text={told} />
            </details>
          )}
        </div>
      )}
      {outcome === "failed" && (
        <p class="raw-note raw-note-red">
          <b>{t.trace.turnFailed}</b> {writeKind(reason)}. {told}
        </p>
      )}
      {cut !== undefined && <p class="note">{t.trace.missing(writeCount(cut, texts.value.locale))}</p>}
      {hasDropped && <p class="note">{t.trace.droppedNote}</p>}
    </div>
  );
}
