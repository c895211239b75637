import type { OpenObject } from "../../api/types.ts";
import { shortClient, writeRunning } from "../../domain/figures.ts";
import { Card } from "../../parts/card.tsx";
import { texts } from "../../text/index.ts";

const mostRows = 8;

/** What is under way now, the longest first. */
export function OpenNow({ open }: { readonly open: readonly OpenObject[] }) {
  const t = texts.value.overview;
  const streams = open.filter(({ stream }) => stream).length;
  const waiting = open.filter((one) => one.first_token_ms === null).length;
  return (
    <Card
      title={t.openNow}
      aside={<span class="note">{t.openCounts(streams, waiting)}</span>}
      class="open-now"
    >
      {open.length === 0 ? (
        <p class="quiet">{t.nothingOpen}</p>
      ) : (
        <ul>
          {open.slice(0, mostRows).map((one) => (
            <li key={one.id}>
              <span class="clip">
                <b>{one.key_name ?? (one.client === null ? t.someone : shortClient(one.client))}</b>{" "}
                <span class="note">{one.model}</span>
              </span>
              <span class="clip note">{one.upstream}</span>
              <span class="number">{writeRunning(one.ms)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
