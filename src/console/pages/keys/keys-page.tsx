import { useEffect } from "preact/hooks";

import { daysLeft, toKeyRows } from "../../domain/keys.ts";
import { Button } from "../../parts/button.tsx";
import { Message } from "../../parts/message.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Retry } from "../../parts/retry.tsx";
import { access, keysPath } from "../../state/access.ts";
import { now } from "../../state/clock.ts";
import { goTo, route } from "../../state/route.ts";
import { lost } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { KeyPanel } from "./key-panel.tsx";
import { type Keys, type KeysFailure, keys, lookMs, readKeys } from "./key-state.ts";
import { KeyTable } from "./key-table.tsx";
import { MadeKey } from "./made-key.tsx";
import "../../styles/keys.css";

/** The keys that we may see: made, shown, changed, ended. */
export function KeysPage() {
  const t = texts.value;
  const path = keysPath.value;
  useEffect(() => {
    if (path === undefined) return undefined;
    void readKeys();
    const timer = setInterval(() => {
      if (!document.hidden) void readKeys();
    }, lookMs);
    return () => clearInterval(timer);
  }, [path]);

  return (
    <>
      <header class="page-head">
        <h1>{t.pages.keys}</h1>
        <Count />
        {path !== undefined && (
          <div class="page-tools">
            <Button kind="primary" onPress={() => goTo("keys", { selected: "new" })}>
              {t.keys.create}
            </Button>
          </div>
        )}
      </header>
      {path === undefined ? <NoKeys /> : <KeysView found={keys.value} />}
    </>
  );
}

function Count() {
  const t = texts.value.keys;
  if (keysPath.value === undefined || keys.value.kind !== "known") return null;
  const rows = toKeyRows(keys.value.keys, now.value);
  const expiring = rows.filter(({ key }) => daysLeft(key, now.value) !== undefined).length;
  return <span class="note">{t.count(rows.length, expiring)}</span>;
}

/** Why we see none. */
function NoKeys() {
  const t = texts.value.keys;
  const isClosed = access.value?.admin_api === false;
  return (
    <div class="panel">
      <Message title={isClosed ? t.closed : t.notAdmin} text={isClosed ? t.closedHint : t.notAdminHint} />
    </div>
  );
}

function KeysView({ found }: { readonly found: Keys }) {
  const t = texts.value;
  if (found.kind === "loading")
    return <div class="panel shape loading" role="status" aria-label={t.common.loading} />;
  if (found.kind === "failed")
    return (
      <div class="panel">
        <Message title={t.keys.failed} text={t.overview.noFiguresText(found.message)}>
          <Retry nextTry={found.nextTry} onPress={() => void readKeys()} />
        </Message>
      </div>
    );
  const selected = route.value.query.get("selected");
  const rows = toKeyRows(found.keys, now.value);
  const key = rows.find((row) => row.key.id === selected)?.key;
  return (
    <>
      <MadeKey />
      <StaleNotice failure={found.failure} useFailure={found.useFailure} />
      <div class={key === undefined && selected !== "new" ? "keys" : "keys keys-with-panel"}>
        {rows.length === 0 ? (
          <div class="panel">
            <Message title={t.keys.none} text={t.keys.noneHint} />
          </div>
        ) : (
          <KeyTable rows={rows} found={found} selected={key?.id} />
        )}
        {selected === "new" ? (
          <KeyPanel key="new" found={found} />
        ) : (
          key !== undefined && <KeyPanel key={key.id} shown={key} found={found} />
        )}
      </div>
    </>
  );
}

/** Says that the keys, or what they did, could not be read again. Where the whole gateway is gone, the shell says so. */
function StaleNotice(props: {
  readonly failure: KeysFailure | undefined;
  readonly useFailure: string | undefined;
}) {
  const t = texts.value.keys;
  const { failure, useFailure } = props;
  if (lost.value !== undefined || (failure === undefined && useFailure === undefined)) return null;
  return (
    <Notice kind="amber">
      <b>{failure === undefined ? t.noUse : `${t.failed}.`}</b> {failure?.message ?? useFailure}{" "}
      {failure !== undefined && t.stale}
    </Notice>
  );
}
