import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { requestTexts } from "./text.ts";

const mostLines = 20;
const mostCharacters = 2000;

/** Where a text is folded; its length where it is not. */
export function foldAt(text: string, lines = mostLines, characters = mostCharacters): number {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0 || at > characters) break;
  }
  const end = at < 0 ? text.length : at;
  // A few lines more are better than a button.
  return Math.min(end, characters) > text.length * 0.9 ? text.length : Math.min(end, characters);
}

/** A text of somebody else, its beginning alone until all is asked for. `draw` says how a piece of it is shown, from its beginning on. */
export function Folded(props: {
  readonly text: string;
  readonly lines?: number;
  readonly struck?: boolean;
  readonly draw?: (shown: string) => ComponentChildren;
}) {
  const t = requestTexts.value.trace;
  const { text, lines, struck = false, draw } = props;
  const isOpen = useSignal(false);
  const at = foldAt(text, lines, lines === undefined ? mostCharacters : lines * 100);
  const isLong = at < text.length;
  const shown = isLong && !isOpen.value ? text.slice(0, at) : text;
  const drawn = draw === undefined ? shown : draw(shown);
  return (
    <>
      <pre class="long-text" dir="auto">
        {struck ? <s>{drawn}</s> : drawn}
        {isLong && !isOpen.value && "…"}
      </pre>
      {isLong && (
        <button
          type="button"
          class="fold"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? t.fold : t.showAll}
        </button>
      )}
    </>
  );
}
