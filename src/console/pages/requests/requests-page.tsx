import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { access } from "../../state/access.ts";
import { route } from "../../state/route.ts";
import { pageHelp } from "../../state/shortcuts.ts";
import { status } from "../../state/status.ts";
import "../../styles/requests.css";
import { lazyPage } from "../../parts/lazy-page.tsx";
import { Hatch } from "./hatch.tsx";
import { isHeld, readFresh, readKeyNames, release } from "./list-state.ts";
import { ListPage } from "./list-page.tsx";
import { requestTexts } from "./text.ts";

/** How often it is looked for new requests by itself, in ms; the status says sooner that there are some. */
const lookMs = 5000;

/** Changes when something ended, or began. */
function markOf(): string {
  const { activity, open } = status.value ?? {};
  return `${activity?.all.requests} ${activity?.all.last_at} ${open?.map(({ id }) => id).join()}`;
}

/** Most who look at the list open nothing of it. */
const DetailPage = lazyPage(async () => (await import("./detail-page.tsx")).DetailPage);

/** What came of requests: all, or one. */
export function RequestsPage() {
  const id = route.value.query.get("request");
  const viewer = `${access.value?.caller} ${access.value?.admin}`;
  useEffect(() => {
    void readKeyNames();
    const look = () => {
      if (!document.hidden) void readFresh();
    };
    const timer = setInterval(look, lookMs);
    let mark = markOf();
    const stop = effect(() => {
      const next = markOf();
      if (next === mark) return;
      mark = next;
      look();
    });
    const scrolled = () => {
      if (scrollY > 0) isHeld.value = true;
      else if (document.querySelector(".request-table:hover, .request-table:focus-within") === null) {
        isHeld.value = false;
        release();
      }
    };
    addEventListener("scroll", scrolled, { passive: true });
    return () => {
      clearInterval(timer);
      stop();
      removeEventListener("scroll", scrolled);
      isHeld.value = false;
    };
  }, [viewer]);
  const help = requestTexts.value.keysHelp;
  useEffect(() => {
    pageHelp.value = [
      { keys: ["/"], text: help.search },
      { keys: ["J", "K"], text: help.move },
      { keys: ["Enter"], text: help.open },
      { keys: ["[", "]"], text: help.neighbours },
      { keys: ["T"], text: help.trace },
      { keys: ["C"], text: help.copy },
    ];
    return () => {
      pageHelp.value = [];
    };
  }, [help]);
  return (
    <>
      <Hatch />
      {id === null ? <ListPage /> : <DetailPage />}
    </>
  );
}
