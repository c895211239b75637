import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { findPage } from "./pages/index.ts";
import { pageOrder } from "./pages/page-order.ts";
import { Message } from "./parts/message.tsx";
import { PageGuard } from "./parts/page-guard.tsx";
import { BottomBar } from "./shell/bottom-bar.tsx";
import { Jump } from "./shell/jump.tsx";
import { LostNotice } from "./shell/lost-notice.tsx";
import { ShortcutHelp } from "./shell/shortcut-help.tsx";
import { gateIsOpen, TokenGate } from "./shell/token-gate.tsx";
import { TopBar } from "./shell/top-bar.tsx";
import { access, accessFailure, isKnown } from "./state/access.ts";
import { route } from "./state/route.ts";
import { texts } from "./text/index.ts";

/** All of the console: the gate where the gateway does not know us, else the page that the address names. */
export function App() {
  const t = texts.value;
  useArrival(route.value.page);
  if (access.value === undefined && accessFailure.value === undefined) return null;
  if (!isKnown(access.value) || gateIsOpen.value) return <TokenGate />;
  const Page = findPage(route.value.page);
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        {t.shell.skip}
      </a>
      <TopBar />
      <main id="content" tabIndex={-1}>
        <LostNotice />
        {Page === undefined ? (
          <Message isPage title={t.shell.noPage} />
        ) : (
          <PageGuard key={route.value.page}>
            <Page />
          </PageGuard>
        )}
      </main>
      <BottomBar />
      <ShortcutHelp />
      <Jump />
    </>
  );
}

/** Names the window after the page, and begins at the top of a page that one has gone to. */
function useArrival(page: string): void {
  const name = pageOrder.find((one) => one === page);
  const title = name === undefined ? "" : `${texts.value.pages[name]} · `;
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title}akashchat-api`;
  }, [title]);
  useLayoutEffect(() => {
    const content = document.getElementById("content");
    // A page may have led to a place of its own.
    if (!isFirst.current && content?.contains(document.activeElement) !== true) content?.focus();
    isFirst.current = false;
  }, [page]);
}

/** The address behind `#` is that of the page, so the link itself must not lead there. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
