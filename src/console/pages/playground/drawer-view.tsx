import { useLayoutEffect, useRef } from "preact/hooks";

import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { lazyPage } from "../../parts/lazy-page.tsx";
import { useEscape } from "../../state/shortcuts.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { ParametersPanel } from "./parameters-panel.tsx";
import { drawer } from "./view-state.ts";

/** Few look at a request as code. */
const CodePanel = lazyPage(async () => (await import("./code-panel.tsx")).CodePanel);

const tabs = ["parameters", "code"] as const;

function close(): void {
  drawer.value = undefined;
}

/** Parameters and code, beside the chat, or over it where there is little room. */
export function DrawerView() {
  const t = playgroundTexts.value;
  const panel = useRef<HTMLElement>(null);
  const shown = drawer.value;
  const isOpen = shown !== undefined;
  // Over the page it is like a dialog: one is led into it, and back.
  const isOver = isOpen && !matchMedia("(min-width: 1100px)").matches;
  useEscape(close, isOver);
  useLayoutEffect(() => {
    if (!isOver) return undefined;
    const before = document.activeElement;
    panel.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [isOver]);
  if (shown === undefined) return null;
  return (
    <aside class="drawer" ref={panel} aria-label={t[shown]}>
      <header class="drawer-tabs">
        <div role="tablist" aria-label={`${t.parameters}, ${t.code}`}>
          {tabs.map((tab) => (
            <button
              key={tab}
              id={`tab-${tab}`}
              type="button"
              role="tab"
              aria-selected={shown === tab}
              aria-controls="drawer-panel"
              tabIndex={shown === tab ? 0 : -1}
              onClick={() => {
                drawer.value = tab;
              }}
              onKeyDown={({ key }) => {
                if (key !== "ArrowLeft" && key !== "ArrowRight") return;
                drawer.value = tab === "code" ? "parameters" : "code";
                document.getElementById(`tab-${drawer.value}`)?.focus();
              }}
            >
              {t[tab]}
            </button>
          ))}
        </div>
        <Button kind="quiet" small label={texts.value.common.close} onPress={close}>
          <Icon name="close" />
        </Button>
      </header>
      <div id="drawer-panel" class="drawer-body" role="tabpanel" aria-labelledby={`tab-${shown}`}>
        {shown === "parameters" ? <ParametersPanel /> : <CodePanel />}
      </div>
    </aside>
  );
}
