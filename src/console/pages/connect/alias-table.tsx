import { findTarget, writeAliases } from "../../domain/aliases.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { connectTexts } from "../../text/connect.ts";
import { findModel } from "./connection.ts";
import { GuidePart, type GuideProps } from "./guide-part.tsx";

/** Names by which a client asks without being told, and where each leads to. */
export function AliasTable({ guide, gateway }: GuideProps) {
  const t = connectTexts.value;
  if (guide.names.length === 0) return <GuidePart number={2} title={t.aliases} hint={t.noAliases} />;
  const rows = guide.names.map(({ pattern, example }) => ({
    pattern,
    model: findTarget(example, gateway),
  }));
  const missing = rows.flatMap(({ pattern, model }) => (model === undefined ? [pattern] : []));
  const model = findModel(gateway)?.id ?? "auto";
  // All of them at once: it is one setting.
  const setting = `MODEL_ALIASES=${writeAliases(gateway.aliases, missing, model)}`;
  const hint = t.aliasesHint[guide.id] ?? t.aliasesForCode;
  return (
    <GuidePart
      number={2}
      title={t.aliases}
      hint={`${hint} ${t.setCount(rows.length - missing.length, rows.length)}`}
    >
      <table class="aliases">
        <caption class="out-of-sight">{t.aliasTable}</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.pattern}>
              <th scope="row">
                <code>{row.pattern}</code>
              </th>
              {row.model === undefined ? (
                <td class="text-red">{t.notSet}</td>
              ) : (
                <td>
                  <bdi>{row.model}</bdi>
                </td>
              )}
              <td class="number">
                {row.pattern === missing[0] && <CopyButton small label={t.copyAliases} text={setting} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </GuidePart>
  );
}
