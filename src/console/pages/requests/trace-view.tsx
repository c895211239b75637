import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import type { ExchangeObject, TraceObject } from "../../domain/requests/trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { linkParts } from "../../domain/requests/link-parts.ts";
import { readAnswer } from "../../domain/requests/read-answer.ts";
import { readPrompt } from "../../domain/requests/read-prompt.ts";
import { writeFinish } from "../../domain/requests/rows.ts";
import { type TimelineRow, toTimeline } from "../../domain/requests/timeline.ts";
import { Segments } from "../../parts/segments.tsx";
import { AnswerPanel } from "./answer-panel.tsx";
import type { Pointed } from "./pointed.ts";
import { PromptPanel } from "./prompt-panel.tsx";
import { RawPanel } from "./raw-panel.tsx";
import { requestTexts } from "./text.ts";
import { Timeline } from "./timeline.tsx";
import { writeNote } from "./write-note.ts";
import { writeKind } from "./write-row.ts";

/** The request to an upstream that a turn answered: the last one that was sent before its first piece, or its end. */
function exchangeOf({ exchanges, turns, ms }: TraceObject, turn: number): ExchangeObject | undefined {
  const until = turns[turn]?.first_ms ?? turns[turn]?.ended_ms ?? ms;
  const withBody = exchanges.filter(({ body }) => body !== null);
  return withBody.findLast(({ at_ms: at }) => at <= until) ?? withBody[0];
}

/** All of a traced request: its timeline, and text for text what was sent, said and given. */
export function TraceView({
  trace,
  row,
}: {
  readonly trace: TraceObject;
  readonly row: RequestObject | undefined;
}) {
  const t = requestTexts.value;
  const { turns, answer, request } = trace;
  const usual = Math.max(
    0,
    turns.findIndex(({ outcome }) => outcome !== "failed"),
  );
  const turn = useSignal(usual);
  const pointed = useSignal<Pointed | undefined>(undefined);
  const tab = useSignal<"prompt" | "raw" | "answer">("raw");

  const given = useMemo(() => readAnswer(answer.body?.text ?? ""), [trace]);
  const links = useMemo(() => linkParts(given.parts, turns), [trace]);
  const isStream = row?.stream ?? given.events.length > 0;
  const rows = useMemo(() => toTimeline(trace, links, isStream), [trace, isStream]);
  const body = exchangeOf(trace, turn.value)?.body ?? undefined;
  const prompt = useMemo(() => (body === undefined ? [] : readPrompt(body.text, request.body?.text)), [body]);
  const isRepair = (index: number) => turns[index - 1]?.outcome === "asked_again";
  const nativeTools = prompt.some(({ role, isOurs }) => role === "tools" && !isOurs);

  function caption({ kind, upstream, turn: index }: TimelineRow): string {
    const c = t.timeline;
    if (kind === "client") return c.received;
    if (kind === "gateway") {
      const count = request.tools.length;
      if (count === 0) return c.prepares;
      return nativeTools ? c.tools(count) : c.toolsAsText(count);
    }
    if (index === undefined || turns.length < 2) return upstream ?? "";
    return `${upstream} · ${isRepair(index) ? c.repair : c.turn(index + 1)}`;
  }
  const end = answer.client_left
    ? t.outcomes.left
    : answer.error === null
      ? (writeFinish(answer.finish, trace.dialect) ?? t.outcomes.answered)
      : writeKind(answer.error);
  const messages = prompt.filter(
    ({ role, isOurs }) => !isOurs && !["system", "tools", "settings", "body"].includes(role),
  );

  return (
    <>
      <Timeline
        rows={rows}
        ms={trace.ms}
        captions={caption}
        notes={(one) =>
          one.kind === "gateway"
            ? messages.length === 0
              ? ""
              : t.timeline.messages(messages.length)
            : writeNote(one, end)
        }
        selected={turns.length === 0 ? undefined : turn.value}
        onSelect={(index) => {
          turn.value = index;
        }}
      />
      <div class="trace-tabs">
        <Segments
          label={t.trace.tabs}
          value={tab.value}
          options={[
            { value: "prompt", text: t.trace.tabPrompt },
            { value: "raw", text: t.trace.tabRaw },
            { value: "answer", text: t.trace.tabAnswer },
          ]}
          onChange={(value) => {
            tab.value = value;
          }}
        />
      </div>
      <div class={`trace-panels show-${tab.value}`}>
        <PromptPanel parts={prompt} body={body} />
        <RawPanel turns={turns} turn={turn} pointed={pointed} isRepair={isRepair} />
        <AnswerPanel
          answer={given}
          body={answer.body ?? undefined}
          links={links}
          turns={turns}
          pointed={pointed}
          isRepair={isRepair}
        />
      </div>
    </>
  );
}
