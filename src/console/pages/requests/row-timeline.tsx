import type { RequestObject } from "../../api/types.ts";
import { toRowTimeline } from "../../domain/requests/timeline.ts";
import { writeNote } from "./write-note.ts";
import { requestTexts } from "./text.ts";
import { Timeline } from "./timeline.tsx";
import { writeResult } from "./write-row.ts";

/** The timeline of a request that was not traced: its tries, and what the client saw. */
export function RowTimeline({ row }: { readonly row: RequestObject }) {
  const t = requestTexts.value.timeline;
  return (
    <Timeline
      rows={toRowTimeline(row)}
      ms={row.ms}
      captions={({ kind, upstream }) => (kind === "client" ? t.received : (upstream ?? ""))}
      notes={(one) => writeNote(one, writeResult(row).text)}
    />
  );
}
