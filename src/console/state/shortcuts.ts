import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { pageOrder, type PageName } from "../pages/page-order.ts";
import { hasPage } from "./pages.ts";
import { shortcuts } from "./preferences.ts";
import { goTo } from "./route.ts";

/** What lies over the page, whichever it is; `undefined`: nothing. */
export const sheet = signal<"help" | "jump" | undefined>(undefined);

/** What a component has keys do now: as of its last rendering. */
interface Kept<Value> {
  current: Value;
}

/**
 * Keeps `value` in `list` as long as `isOn`. In the same step in which the page is drawn anew, not after the next frame as `useEffect` would: who
 * sees the page may press a key at once, and means what is seen.
 */
function useKept<Value>(list: Kept<Value>[], value: Value, isOn: boolean): void {
  const kept = useRef(value);
  kept.current = value;
  useLayoutEffect(() => {
    if (!isOn) return undefined;
    list.push(kept);
    return () => {
      list.splice(list.indexOf(kept), 1);
    };
  }, [isOn]);
}

/** What else `Escape` closes: the last that was opened. */
const closers: Kept<() => void>[] = [];

/** Has `Escape` call `close` as long as the component is there and `isOn`, before all that was opened earlier. */
export function useEscape(close: () => void, isOn = true): void {
  useKept(closers, close, isOn);
}

/** What the page that is shown adds to the list of keys. */
export const pageHelp = signal<readonly { readonly keys: readonly string[]; readonly text: string }[]>([]);

/** What single keys do, by their `event.key`. */
type Keys = Readonly<Record<string, () => void>>;

/** What they do on the page that is shown. */
const pageKeys: Kept<Keys>[] = [];

/** Has single keys do something as long as the component is there; the newest come first. */
export function useKeys(keys: Keys): void {
  useKept(pageKeys, keys, true);
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

function press(event: KeyboardEvent): void {
  // While an input method is at work, all keys are its.
  if (event.isComposing) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    // What lies over all else closes by itself.
    if (sheet.value === undefined) closers.at(-1)?.current();
    return;
  }
  if (sheet.value !== undefined || shortcuts.value === "off" || isTyping(event.target)) return;
  const act = pageKeys.findLast(({ current }) => Object.hasOwn(current, event.key))?.current[event.key];
  const page = pageOf(event.key);
  if (act !== undefined) act();
  else if (page !== undefined) goTo(page);
  else if (event.key === "?") sheet.value = "help";
  else if (event.key === "/") sheet.value = "jump";
  else return;
  event.preventDefault();
}

addEventListener("keydown", press);

/** Has all keys rest as long as the component is there: while a token is asked for, they are letters. */
export function useNoKeys(): void {
  useLayoutEffect(() => {
    removeEventListener("keydown", press);
    sheet.value = undefined;
    return () => addEventListener("keydown", press);
  }, []);
}
