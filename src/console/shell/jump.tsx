import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { writeClock } from "../domain/figures.ts";
import { findTargets, type JumpTarget } from "../domain/jump.ts";
import { Icon } from "../parts/icon.tsx";
import { places, readPlaces } from "../state/jump.ts";
import { goTo } from "../state/route.ts";
import { sheet } from "../state/shortcuts.ts";
import type { Texts } from "../text/en.ts";
import { texts } from "../text/index.ts";
import { closeSheet, Sheet } from "./sheet.tsx";

function open(): void {
  sheet.value = "jump";
}

function go(target: JumpTarget | undefined): void {
  if (target === undefined) return;
  closeSheet("jump");
  goTo(target.page, target.query);
}

/** Opens it. */
export function JumpButton() {
  const t = texts.value.jump;
  return (
    <button type="button" class="tool jump-button" aria-label={t.button} title={t.button} onClick={open}>
      <Icon name="search" />
      <kbd aria-hidden="true">/</kbd>
    </button>
  );
}

/** Goes to a page, a request, a key or a model by a few letters of its name. */
export function Jump() {
  return (
    <Sheet name="jump" class="jump" label={texts.value.jump.title} closesOutside>
      <JumpForm />
    </Sheet>
  );
}

function JumpForm() {
  const { jump: t, locale } = texts.value;
  const typed = useSignal("");
  const chosen = useSignal(0);
  const targets = findTargets(typed.value, places.value);
  const place = Math.min(chosen.value, targets.length - 1);
  useEffect(() => void readPlaces(), []);
  const move = (by: number) => {
    chosen.value = (place + by + targets.length) % Math.max(1, targets.length);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go(targets[place]);
      }}
    >
      <input
        class="jump-field"
        autofocus
        role="combobox"
        aria-label={t.field}
        aria-expanded="true"
        aria-controls="jump-list"
        aria-activedescendant={targets.length === 0 ? undefined : `jump-${place}`}
        placeholder={t.field}
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by === undefined || event.isComposing) return;
          event.preventDefault();
          move(by);
        }}
      />
      <ul id="jump-list" role="listbox" aria-label={t.title}>
        {targets.map((target, index) => (
          <Target
            key={`${target.kind} ${target.name} ${target.request?.at}`}
            target={target}
            index={index}
            isChosen={index === place}
            note={target.request && writeNote(target.request, locale)}
            onPoint={() => {
              chosen.value = index;
            }}
            onPress={() => go(target)}
          />
        ))}
      </ul>
      {targets.length === 0 && <p class="quiet">{t.nothing}</p>}
    </form>
  );
}

function writeNote({ key, at }: NonNullable<JumpTarget["request"]>, locale: string): string {
  return [key, writeClock(at, locale)].filter((text) => text !== undefined).join(", ");
}

function writeTarget({ kind, name }: JumpTarget, t: Texts["jump"]): string {
  if (kind === "page" || kind === "request") return name;
  return { key: t.key, chat: t.chat, requests: t.requests, search: t.search }[kind](name);
}

function Target(props: {
  readonly target: JumpTarget;
  readonly index: number;
  readonly isChosen: boolean;
  readonly note: string | undefined;
  readonly onPoint: () => void;
  readonly onPress: () => void;
}) {
  const { target, index, isChosen, note } = props;
  const item = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    if (isChosen) item.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  return (
    <li
      ref={item}
      id={`jump-${index}`}
      role="option"
      aria-selected={isChosen}
      onPointerMove={props.onPoint}
      onClick={props.onPress}
    >
      <span class="clip">
        <bdi>{writeTarget(target, texts.value.jump)}</bdi>{" "}
        {note !== undefined && <span class="note">{note}</span>}
      </span>
      {isChosen && <kbd aria-hidden="true">Enter</kbd>}
    </li>
  );
}
