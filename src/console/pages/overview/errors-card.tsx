import type { ActivityObject } from "../../api/types.ts";
import { toErrorRows } from "../../domain/errors.ts";
import { writeCount } from "../../domain/figures.ts";
import { hasPage } from "../../state/pages.ts";
import { linkTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";

const mostRows = 5;

/** What went wrong, the most frequent first. */
export function ErrorsCard({ activity }: { readonly activity: ActivityObject }) {
  const { locale, overview: t } = texts.value;
  const { failed, refused, recovered } = activity.all;
  const rows = toErrorRows(activity.errors, mostRows);
  const top = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <section class="panel chart-card">
      <header class="chart-head">
        <h2>{t.errors}</h2>
        {hasPage("requests") && (
          <a class="legend" href={linkTo("requests", { outcome: "failed" })}>
            {t.openRequests}
          </a>
        )}
      </header>
      <p class="figure">
        <strong>{writeCount(failed + refused, locale)}</strong>{" "}
        <span>{t.recovered(writeCount(recovered, locale))}</span>
      </p>
      {rows.length === 0 ? (
        <p class="quiet">{t.noErrors}</p>
      ) : (
        <ol class="errors">
          {rows.map(({ kind, count }) => (
            <li key={kind}>
              <span>{t.errorKinds[kind] ?? kind}</span>
              <svg width="64" height="6" aria-hidden="true">
                <rect class="fill-red" width={Math.max(3, (count / top) * 64)} height="6" rx="2" />
              </svg>
              <span class="number">{writeCount(count, locale)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
