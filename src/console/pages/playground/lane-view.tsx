import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { Lane } from "../../domain/chat/chat.ts";
import { LinkButton } from "../../parts/link-button.tsx";
import { status } from "../../state/status.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { isDrawer } from "./ask-answer.ts";
import { chooseModel } from "./chat-state.ts";
import { LaneHead } from "./lane-head.tsx";
import { TurnView } from "./turn-views.tsx";
import { shownLane } from "./view-state.ts";

/** So near to its end, in px, a list that grows stays at its end. */
const nearEnd = 80;

/** What one can do first. */
function EmptyLane({ model, place }: { readonly model: string; readonly place: number }) {
  const t = playgroundTexts.value;
  if (isDrawer(model)) return <p class="lane-empty">{t.emptyDraw}</p>;
  const drawer = status.value?.models.find(
    ({ kind, answers_now: answers }) => kind === "image" && answers,
  )?.id;
  return (
    <div class="lane-empty">
      <p>{t.empty}</p>
      {drawer !== undefined && (
        <LinkButton onPress={() => chooseModel(place, drawer)}>
          <bdi>{t.drawWith(drawer)}</bdi>
        </LinkButton>
      )}
    </div>
  );
}

/** A model, and all that was said with it. */
export function LaneView({ lane, place }: { readonly lane: Lane; readonly place: number }) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const { turns } = lane;
  useEffect(() => {
    const { current } = list;
    if (current === null) return undefined;
    // Pictures come later than their answers, and the window changes.
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) current.scrollTop = current.scrollHeight;
    });
    for (const element of [current, ...current.children]) observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const { current } = list;
    // What one has just said is looked at, wherever one was.
    if (current !== null && (isAtEnd.current || turns.at(-1)?.kind === "user"))
      current.scrollTop = current.scrollHeight;
  }, [turns]);
  return (
    <section
      class={`lane ${shownLane.value === place ? "lane-shown" : ""}`}
      aria-label={lane.model}
      onFocusCapture={() => {
        shownLane.value = place;
      }}
    >
      <h2 class="out-of-sight">{lane.model}</h2>
      <LaneHead lane={lane} place={place} />
      <div
        class="turns"
        ref={list}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearEnd;
        }}
      >
        <div class="turns-inner">
          {turns.length === 0 && <EmptyLane model={lane.model} place={place} />}
          {turns.map((turn) => (
            <TurnView key={turn.id} turns={turns} turn={turn} place={place} />
          ))}
        </div>
      </div>
    </section>
  );
}
