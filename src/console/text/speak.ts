import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";

import { language } from "../state/preferences.ts";

/** Texts that are being read. */
const reading = new Set<Promise<void>>();

/**
 * Texts in the language that is spoken now. Those of the language that few speak are read when it is spoken: until they are there, and where they
 * can't be read, English is better than nothing.
 */
export function speak<Texts>(english: Texts, readChinese: () => Promise<Texts>): ReadonlySignal<Texts> {
  const chinese = signal<Texts | undefined>(undefined);
  async function take(): Promise<void> {
    try {
      chinese.value = await readChinese();
    } catch {
      // The browser tells why.
    }
  }
  effect(() => {
    if (language.value !== "zh" || chinese.peek() !== undefined) return;
    const read = take();
    reading.add(read);
    void read.finally(() => reading.delete(read));
  });
  return computed(() => (language.value === "zh" ? (chinese.value ?? english) : english));
}

/** Resolves when no texts are being read any more: a page that is first shown then says nothing in another language. Never rejects. */
export async function textsAreRead(): Promise<void> {
  await Promise.all(reading);
}
