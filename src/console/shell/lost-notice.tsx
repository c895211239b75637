import { writeExactClock } from "../domain/figures.ts";
import { Notice } from "../parts/notice.tsx";
import { now } from "../state/clock.ts";
import { isLost, lost } from "../state/status.ts";
import { texts } from "../text/index.ts";

/** Says that the figures are old, and when it is tried again. */
export function LostNotice() {
  const t = texts.value;
  const gone = lost.value;
  if (gone === undefined || !isLost.value) return null;
  const seconds = Math.max(0, Math.ceil((gone.nextTry - now.value) / 1000));
  return (
    <Notice kind="red">
      <b>{t.shell.lost(writeExactClock(gone.since, t.locale))}</b> {t.shell.lostRest(seconds)}
    </Notice>
  );
}
