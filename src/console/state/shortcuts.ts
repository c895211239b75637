import { signal } from "@preact/signals";

import { pageOrder, type PageName } from "../pages/page-order.ts";
import { hasPage } from "./pages.ts";
import { shortcuts } from "./preferences.ts";
import { goTo } from "./route.ts";

/** Whether the list of keys is open. */
export const helpIsOpen = signal(false);

/** What else `Escape` closes: the last that was opened. */
const closers: (() => void)[] = [];

/** Has `Escape` call `close` as long as what is returned was not called. */
export function onEscape(close: () => void): () => void {
  closers.push(close);
  return () => {
    const place = closers.lastIndexOf(close);
    if (place >= 0) closers.splice(place, 1);
  };
}

/** What the page that is shown adds to the list of keys. */
export const pageHelp = signal<readonly { readonly keys: readonly string[]; readonly text: string }[]>([]);

/** What single keys do on the page that is shown, by their `event.key`. */
const pageKeys: Readonly<Record<string, () => void>>[] = [];

/** Has single keys do something until what is returned is called; the newest come first. */
export function onKeys(keys: Readonly<Record<string, () => void>>): () => void {
  pageKeys.push(keys);
  return () => {
    const place = pageKeys.lastIndexOf(keys);
    if (place >= 0) pageKeys.splice(place, 1);
  };
}

/** Whether a key is meant for what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")
  );
}

function pageOf(key: string): PageName | undefined {
  const name = /^[1-5]$/.test(key) ? pageOrder[Number(key) - 1] : undefined;
  return name !== undefined && hasPage(name) ? name : undefined;
}

addEventListener("keydown", (event) => {
  // While an input method is at work, all keys are its.
  if (event.isComposing) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    closers.at(-1)?.();
    return;
  }
  if (shortcuts.value === "off" || isTyping(event.target)) return;
  const act = pageKeys.findLast((keys) => Object.hasOwn(keys, event.key))?.[event.key];
  const page = pageOf(event.key);
  if (act !== undefined) act();
  else if (page !== undefined) goTo(page);
  else if (event.key === "?") helpIsOpen.value = true;
  else return;
  event.preventDefault();
});
