import type { RequestObject } from "../../api/types.ts";
import { writeMoney } from "../../domain/figures.ts";
import { status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";

/** Less would be written as nothing. */
const leastUsd = 0.0001;

/** What a request cost; nothing where nobody knows. */
export function Cost({ row, unknown = "" }: { readonly row: RequestObject; readonly unknown?: string }) {
  const t = texts.value;
  const { cost_usd: cost, upstream, attempts } = row;
  if (cost === 0) return <>{t.overview.free}</>;
  if (cost !== null)
    return <>{cost < leastUsd ? `< ${writeMoney(leastUsd, t.locale)}` : writeMoney(cost, t.locale)}</>;
  const type = status.value?.upstreams.find(({ name }) => name === upstream)?.type;
  return <>{type === "akash-chat" && attempts.length > 0 ? t.overview.free : unknown}</>;
}
