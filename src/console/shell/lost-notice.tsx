import { writeExactClock } from "../domain/figures.ts";
import { Notice } from "../parts/notice.tsx";
import { now } from "../state/clock.ts";
import { lost } from "../state/status.ts";
import { texts } from "../text/index.ts";

/** A look that the gateway ends by itself, and that is at once begun anew, is not worth a word. */
const quietMs = 3000;

/** Says that the figures are old, and when it is tried again. */
export function LostNotice() {
  const t = texts.value;
  const gone = lost.value;
  if (gone === undefined || now.value - gone.since < quietMs) return null;
  const seconds = Math.max(0, Math.ceil((gone.nextTry - now.value) / 1000));
  return (
    <Notice kind="red">
      <b>{t.shell.lost(writeExactClock(gone.since, t.locale))}</b> {t.shell.lostRest(seconds)}
    </Notice>
  );
}
