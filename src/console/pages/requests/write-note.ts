import type { TimelineRow } from "../../domain/requests/timeline.ts";
import { requestTexts } from "./text.ts";
import { writeKind } from "./write-row.ts";

/** What stands behind the bars of a row; `end`: how the client's answer ended. */
export function writeNote(row: TimelineRow, end: string): string {
  const t = requestTexts.value.timeline;
  if (row.kind === "client") return row.failed === undefined ? `${end}, ${t.end}` : end;
  if (row.failed === undefined) return "";
  const kind = writeKind(row.failed.kind);
  return row.isFollowed === true ? `${kind} → ${t.next}` : kind;
}
