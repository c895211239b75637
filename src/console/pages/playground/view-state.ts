import { signal } from "@preact/signals";

/** What the panel at the side shows; `undefined`: it is closed. Where there is little room it begins so. */
export const drawer = signal<"parameters" | "code" | undefined>(
  matchMedia("(min-width: 1200px)").matches ? "parameters" : undefined,
);

/** Whether the list of chats lies over the page, where it has no place beside it. */
export const listIsOpen = signal(false);

/** Of two lanes, the one that is shown where there is room for one, and whose request is shown as code. */
export const shownLane = signal(0);
