import { computed, effect, signal } from "@preact/signals";

import { language } from "../../state/preferences.ts";
import { en, type PlaygroundTexts } from "./en.ts";

/** Those of the language that few speak are read when it is spoken. */
const chinese = signal<PlaygroundTexts | undefined>(undefined);

async function readChinese(): Promise<void> {
  chinese.value = (await import("./zh.ts")).zh;
}

effect(() => {
  // Until they are there, and where they can't be read, English is better than nothing.
  if (language.value === "zh" && chinese.peek() === undefined) void readChinese().catch(() => undefined);
});

/** The playground's texts in the language that is spoken now; they are loaded with its page. */
export const playgroundTexts = computed<PlaygroundTexts>(() =>
  language.value === "zh" ? (chinese.value ?? en) : en,
);
