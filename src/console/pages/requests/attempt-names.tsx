import type { AttemptObject } from "../../api/types.ts";
import { requestTexts } from "./text.ts";

/** `web › akashml`: who was asked, those that failed struck through. */
export function AttemptNames({ attempts }: { readonly attempts: readonly AttemptObject[] }) {
  const t = requestTexts.value;
  const asked = attempts.filter(
    ({ upstream, outcome }, index) =>
      attempts[index - 1]?.upstream !== upstream || attempts[index - 1]?.outcome !== outcome,
  );
  const last = asked.at(-1);
  if (last === undefined) return <span class="faint">{t.notAsked}</span>;
  const failed = asked.filter(({ outcome }) => outcome !== "answered");
  if (failed.length === 0 && asked.length === 1) return <>{last.upstream}</>;
  const names = failed.map(({ upstream }) => upstream).join(", ");
  return (
    <>
      <span aria-hidden="true">
        {asked.map(({ upstream, outcome }, index) => (
          <span key={index}>
            {index > 0 && <span class="faint"> › </span>}
            {outcome === "answered" ? upstream : <s class="failed-name">{upstream}</s>}
          </span>
        ))}
      </span>
      <span class="out-of-sight">
        {last.outcome === "answered" ? t.failedThen(names, last.upstream) : t.failedOnly(names)}
      </span>
    </>
  );
}
