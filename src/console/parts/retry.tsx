import { now } from "../state/clock.ts";
import { texts } from "../text/index.ts";
import { Button } from "./button.tsx";

/** Tries again now, and says when that happens by itself; `nextTry` in ms since the epoch. */
export function Retry({ nextTry, onPress }: { readonly nextTry: number; readonly onPress: () => void }) {
  const t = texts.value.common;
  const seconds = Math.max(0, Math.ceil((nextTry - now.value) / 1000));
  return (
    <div class="actions">
      <Button onPress={onPress}>{t.again}</Button>
      <span class="note">{t.byItself(seconds)}</span>
    </div>
  );
}
