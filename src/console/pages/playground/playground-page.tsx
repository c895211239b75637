import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { Segments } from "../../parts/segments.tsx";
import { access } from "../../state/access.ts";
import { linkTo, route } from "../../state/route.ts";
import { pageHelp, useEscape, useKeys } from "../../state/shortcuts.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { ChatList } from "./chat-list.tsx";
import { announced, changeSettings, chat, chooseModel, readList, startChat } from "./chat-state.ts";
import { attach, Composer } from "./composer.tsx";
import { DrawerView } from "./drawer-view.tsx";
import { LaneView } from "./lane-view.tsx";
import { openTraced } from "./open-traced.ts";
import { OpenedNote } from "./opened-note.tsx";
import { drawer, listIsOpen, shownLane } from "./view-state.ts";
import "./markdown.css";
import "./chat.css";
import "./chat-list.css";
import "./composer.css";
import "./lane-head.css";
import "./drawer.css";
import "./playground.css";

/** Chat with any model, or with two at once. */
export function PlaygroundPage() {
  const t = playgroundTexts.value;
  const isOver = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  const { lanes } = chat.value;
  async function take(files: Iterable<File>): Promise<void> {
    refused.value = await attach(files);
  }
  useKeys({
    p: () => {
      drawer.value = drawer.value === undefined ? "parameters" : undefined;
    },
    t: () => {
      if (access.value?.admin === true) changeSettings({ trace: !chat.value.settings.trace });
    },
  });
  useEscape(() => {
    listIsOpen.value = false;
  }, listIsOpen.value);
  useEffect(() => void readList(), []);
  const from = route.value.query.get("from");
  useEffect(() => {
    if (from === null) return;
    // Once: whoever loads the page again, or comes back, finds the chat in the list.
    location.replace(linkTo("playground"));
    void openTraced(from);
  }, [from]);
  const model = route.value.query.get("model");
  useEffect(() => {
    if (model === null) return;
    location.replace(linkTo("playground"));
    startChat();
    chooseModel(0, model);
  }, [model]);
  const { keys } = t;
  useEffect(() => {
    pageHelp.value = [
      { keys: ["Enter"], text: keys.enter },
      { keys: ["Esc"], text: keys.escape },
      { keys: ["P"], text: keys.p },
      { keys: ["T"], text: keys.t },
    ];
    return () => {
      pageHelp.value = [];
    };
  }, [keys]);

  return (
    <div
      class={`playground ${lanes.length > 1 ? "playground-compare" : ""} ${drawer.value === undefined ? "" : "playground-with-drawer"}`}
    >
      <h1 class="out-of-sight">{texts.value.pages.playground}</h1>
      <p class="out-of-sight" role="status">
        {announced.value}
      </p>
      <ChatList />
      <div
        class={`talk ${isOver.value ? "talk-drop" : ""}`}
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes("Files") !== true) return;
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => {
          isOver.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          void take(event.dataTransfer?.files ?? []);
        }}
      >
        {isOver.value && <p class="drop-hint">{t.dropHere}</p>}
        <OpenedNote />
        {lanes.length > 1 && (
          <div class="lane-switch">
            <Segments
              label={t.model}
              value={String(shownLane.value)}
              options={lanes.map(({ model }, place) => ({ value: String(place), text: model }))}
              onChange={(value) => {
                shownLane.value = Number(value);
              }}
            />
          </div>
        )}
        <div class="lanes">
          {lanes.map((lane, place) => (
            <LaneView key={`${chat.value.id} ${place}`} lane={lane} place={place} />
          ))}
        </div>
        <div class="composer-place">
          <Composer refused={refused.value} onFiles={(files) => void take(files)} />
        </div>
      </div>
      <DrawerView />
    </div>
  );
}
