import { writeCount } from "../../domain/figures.ts";
import { CodeText } from "../../parts/code-text.tsx";
import { Notice } from "../../parts/notice.tsx";
import { connectTexts } from "../../text/connect.ts";
import { texts } from "../../text/index.ts";
import { findModel } from "./connection.ts";
import type { GuideProps } from "./guide-part.tsx";

/** Says that an agent takes much, where the only upstream of the model gives little. */
export function CostNotice({ guide, gateway }: GuideProps) {
  const t = connectTexts.value;
  const { locale } = texts.value;
  const [leg, ...others] = findModel(gateway)?.upstreams ?? [];
  const upstream = gateway.upstreams.find(({ name }) => name === leg?.name);
  const { limit_tokens: limit = null, window_seconds: window = null } = upstream?.allowance ?? {};
  if (guide.firstRequest === undefined || upstream === undefined || others.length > 0) return null;
  if (limit === null || window === null) return null;
  return (
    <Notice kind="amber">
      <b>{t.costs(guide.name, writeCount(guide.firstRequest, locale))}</b>{" "}
      <CodeText text={t.costsRest(upstream.name, writeCount(limit, locale), Math.round(window / 3600))} />
    </Notice>
  );
}
