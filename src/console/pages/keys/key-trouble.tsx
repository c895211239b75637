import type { KeyHourObject, KeyObject } from "../../api/types.ts";
import { writeClock, writeCount, writeMoney } from "../../domain/figures.ts";
import { findFull } from "../../domain/keys.ts";
import { texts } from "../../text/index.ts";
import { writeUnit } from "./write-limit.ts";

/** What keeps a key from asking, until when, and how often it was refused. */
export function KeyTrouble({
  shown,
  hours,
}: {
  readonly shown: KeyObject;
  readonly hours: readonly KeyHourObject[];
}) {
  const t = texts.value;
  const f = t.keys.form;
  const [full] = findFull(shown);
  if (full === undefined) return null;
  const used = full.unit === "usd" ? writeMoney(full.used, t.locale) : writeCount(full.used, t.locale);
  const refused = hours.filter(({ key }) => key === shown.id).reduce((sum, row) => sum + row.refused, 0);
  return (
    <p class="key-trouble">
      <b>{f.usedUp(used, writeUnit(full, t)).replace("  ", " ")}</b>{" "}
      {full.resets_at === null
        ? f.usedUpAlways
        : f.usedUpRest(writeClock(Date.parse(full.resets_at), t.locale))}
      {refused > 0 && ` ${f.refused(refused)}`}
    </p>
  );
}
