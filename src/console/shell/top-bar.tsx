import { Dot } from "../parts/dot.tsx";
import { Sign } from "../parts/icon.tsx";
import { pageOrder } from "../pages/page-order.ts";
import { hasPage } from "../state/pages.ts";
import { language } from "../state/preferences.ts";
import { linkTo, route } from "../state/route.ts";
import { isLost, status } from "../state/status.ts";
import { texts } from "../text/index.ts";
import { CallerMenu } from "./caller-menu.tsx";
import { JumpButton } from "./jump.tsx";
import { ThemeButton } from "./theme-button.tsx";

/** Sign, pages, and what holds for all of them. */
export function TopBar() {
  const t = texts.value;
  return (
    <header class="top-bar">
      <a class="brand" href={linkTo("overview")} aria-label="akashchat-api">
        <Sign />
        <span class="brand-name">akashchat-api</span>
      </a>
      <nav class="top-pages" aria-label={t.shell.pages}>
        {pageOrder.filter(hasPage).map((name) => (
          <a key={name} href={linkTo(name)} aria-current={route.value.page === name ? "page" : undefined}>
            {t.pages[name]}
          </a>
        ))}
      </nav>
      <LiveState />
      <JumpButton />
      <div class="top-tools">
        <button
          type="button"
          class="tool"
          aria-label={t.shell.language}
          title={t.shell.language}
          onClick={() => {
            language.value = language.value === "en" ? "zh" : "en";
          }}
        >
          {t.shell.languageShort}
        </button>
        <ThemeButton />
      </div>
      <CallerMenu />
    </header>
  );
}

/** Whether the figures are of now, and how much is under way. */
function LiveState() {
  const t = texts.value.shell;
  const streams = status.value?.open.filter(({ stream }) => stream).length;
  if (isLost.value)
    return (
      <p class="live">
        <Dot kind="bad" /> {t.notLive}
      </p>
    );
  return (
    <p class="live">
      {streams !== undefined && (
        <>
          <Dot kind="good" /> {t.streams(streams)}
        </>
      )}
    </p>
  );
}
