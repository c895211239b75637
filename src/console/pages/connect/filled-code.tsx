import { useSignal } from "@preact/signals";

import type { FilledPart } from "../../domain/snippet.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { connectTexts } from "../../text/connect.ts";

/** The first lines of filled text; a place that is filled has no line end. */
function cut(parts: readonly FilledPart[], lines: number): readonly FilledPart[] {
  const kept: FilledPart[] = [];
  let left = lines;
  for (const part of parts) {
    const texts = part.shown.split("\n");
    if (texts.length > left) return [...kept, { ...part, shown: texts.slice(0, left).join("\n") }];
    left -= texts.length - 1;
    kept.push(part);
  }
  return kept;
}

/** Code to copy, with what was filled in marked; what is long is folded, and copied whole. */
export function FilledCode({
  parts,
  isFirst = false,
  mostLines = 20,
}: {
  readonly parts: readonly FilledPart[];
  /** The one that most people will copy. */
  readonly isFirst?: boolean;
  /** So many are shown at first. */
  readonly mostLines?: number;
}) {
  const t = connectTexts.value;
  const isOpen = useSignal(false);
  const count = parts
    .map(({ shown }) => shown)
    .join("")
    .split("\n").length;
  const isFolded = !isOpen.value && count > mostLines + 2;
  return (
    <div class="code">
      <pre tabIndex={0}>
        {(isFolded ? cut(parts, mostLines) : parts).map(({ shown, isFilled }, index) =>
          isFilled ? (
            <bdi key={index} class="code-text">
              {shown}
            </bdi>
          ) : (
            shown
          ),
        )}
      </pre>
      <CopyButton small kind={isFirst ? "primary" : "plain"} text={parts.map(({ text }) => text).join("")} />
      {isFolded && (
        <p class="code-more">
          <Button
            small
            kind="quiet"
            onPress={() => {
              isOpen.value = true;
            }}
          >
            {t.showLines(count)}
          </Button>
        </p>
      )}
    </div>
  );
}
