import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

import { useEscape } from "./shortcuts.ts";

/** Closes what a button opened, by Escape, which leads back to the button (the first in `frame`), and by a press outside of `frame`. */
export function useMenu(isOpen: Signal<boolean>, frame: RefObject<HTMLElement | null>): void {
  useEscape(() => {
    isOpen.value = false;
    frame.current?.querySelector("button")?.focus();
  }, isOpen.value);
  useLayoutEffect(() => {
    if (!isOpen.value) return undefined;
    const leave = (event: Event) => {
      if (event.target instanceof Node && frame.current?.contains(event.target) === false)
        isOpen.value = false;
    };
    addEventListener("pointerdown", leave);
    return () => removeEventListener("pointerdown", leave);
  }, [isOpen.value]);
}
