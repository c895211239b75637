import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

import type { AccessObject } from "../api/types.ts";
import { Icon } from "../parts/icon.tsx";
import { access, askAccess } from "../state/access.ts";
import { language, switchTheme, theme } from "../state/preferences.ts";
import { sheet } from "../state/shortcuts.ts";
import { forgetToken, token } from "../state/token.ts";
import { useMenu } from "../state/use-menu.ts";
import { type Texts } from "../text/en.ts";
import { texts } from "../text/index.ts";
import { gateIsOpen } from "./token-gate.tsx";

function nameOf(caller: AccessObject, t: Texts["shell"]): string {
  if (caller.caller === "key") return caller.key?.name ?? t.callers.key;
  return t.callers[caller.caller ?? "anybody"];
}

/** Who we are, and what is left to switch. */
export function CallerMenu() {
  const t = texts.value.shell;
  const isOpen = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  const caller = access.value;

  useMenu(isOpen, menu);

  /** Does one thing of the menu. */
  const choose = (act: () => void) => () => {
    isOpen.value = false;
    act();
  };

  if (caller === undefined) return null;
  return (
    <div class="caller" ref={menu}>
      <button
        type="button"
        class="tool caller-button"
        aria-expanded={isOpen.value}
        aria-label={`${nameOf(caller, t)}, ${t.more}`}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <span class="caller-name">{nameOf(caller, t)}</span>
        <span class="caller-down">
          <Icon name="down" size={12} />
        </span>
        <span class="caller-more">
          <Icon name="more" />
        </span>
      </button>
      {isOpen.value && (
        <div class="menu">
          <button
            type="button"
            class="narrow-only"
            onClick={choose(() => {
              language.value = language.value === "en" ? "zh" : "en";
            })}
          >
            {language.value === "en" ? "中文" : "English"}
          </button>
          <button type="button" class="narrow-only" onClick={choose(switchTheme)}>
            {t.theme[theme.value]}
          </button>
          <button
            type="button"
            onClick={choose(() => {
              sheet.value = "help";
            })}
          >
            {t.shortcuts} <kbd>?</kbd>
          </button>
          {token.value === "" ? (
            <button
              type="button"
              onClick={choose(() => {
                gateIsOpen.value = true;
              })}
            >
              {t.give}
            </button>
          ) : (
            <button
              type="button"
              onClick={choose(() => {
                forgetToken();
                void askAccess();
              })}
            >
              {t.leave}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
