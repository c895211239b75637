import { useEffect } from "preact/hooks";

import { keysPath } from "../../state/access.ts";
import { status } from "../../state/status.ts";
import { connectTexts } from "../../text/connect.ts";
import { texts } from "../../text/index.ts";
import { keys, lookMs, readKeys } from "../keys/key-state.ts";
import { MadeKey } from "../keys/made-key.tsx";
import { ClientList } from "./client-list.tsx";
import { guide } from "./connection.ts";
import { CostNotice } from "./cost-notice.tsx";
import { GuideSettings } from "./guide-settings.tsx";
import { GuideView } from "./guide-view.tsx";
import { ReachNotice } from "./reach-notice.tsx";
import "../../styles/connect.css";

/** How each client is pointed at the gateway. */
export function ConnectPage() {
  const t = texts.value;
  const gateway = status.value;
  const path = keysPath.value;
  useEffect(() => {
    if (path === undefined) return undefined;
    void readKeys();
    // Once they are known, they don't change on this page but by it.
    const timer = setInterval(() => {
      if (!document.hidden && keys.peek().kind === "failed") void readKeys();
    }, lookMs);
    return () => clearInterval(timer);
  }, [path]);
  return (
    <>
      <header class="page-head">
        <h1>{t.pages.connect}</h1>
        <a class="page-tools" href="../docs/">
          {connectTexts.value.reference}
        </a>
      </header>
      <div class="connect">
        <ClientList shown={guide.value} />
        {gateway === undefined ? (
          <div class="panel shape loading" role="status" aria-label={t.common.loading} />
        ) : (
          <div class="connect-main">
            <MadeKey />
            <section class="panel" aria-label={guide.value.name}>
              <GuideSettings gateway={gateway} />
              <GuideView key={guide.value.id} guide={guide.value} gateway={gateway} />
            </section>
            <ReachNotice guide={guide.value} gateway={gateway} />
            <CostNotice guide={guide.value} gateway={gateway} />
          </div>
        )}
      </div>
    </>
  );
}
