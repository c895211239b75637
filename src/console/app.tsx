import { findPage } from "./pages/index.ts";
import { Message } from "./parts/message.tsx";
import { BottomBar } from "./shell/bottom-bar.tsx";
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
        {Page === undefined ? <Message title={t.shell.noPage} /> : <Page />}
      </main>
      <BottomBar />
      <ShortcutHelp />
    </>
  );
}

/** The address behind `#` is that of the page, so the link itself must not lead there. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
