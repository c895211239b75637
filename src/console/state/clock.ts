import { signal } from "@preact/signals";

/** Ms since the epoch, a second ago at most: for what is told in words ("9 min ago"). */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
