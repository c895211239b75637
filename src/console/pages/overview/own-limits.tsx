import type { KeyObject } from "../../api/types.ts";
import { Card } from "../../parts/card.tsx";
import { Meter } from "../../parts/meter.tsx";
import { texts } from "../../text/index.ts";
import { writeLimit, writeUnit } from "../keys/write-limit.ts";

/** What a key that looks at the gateway may still spend. */
export function OwnLimits({ ownKey }: { readonly ownKey: KeyObject }) {
  const t = texts.value;
  return (
    <Card title={t.overview.ownLimits(ownKey.name)} class="own-limits">
      {ownKey.limits.length === 0 ? (
        <p class="quiet">{t.overview.noLimits}</p>
      ) : (
        <ul>
          {ownKey.limits.map((limit) => {
            const share = limit.cap === 0 ? 1 : (limit.used + limit.reserved) / limit.cap;
            const words = `${writeLimit(limit, t)} ${writeUnit(limit, t)}`;
            return (
              <li key={limit.id}>
                <Meter
                  share={share}
                  kind={share >= 1 ? "red" : share >= 0.8 ? "amber" : "accent"}
                  label={limit.limit}
                  text={words}
                />
                <span>{words}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
