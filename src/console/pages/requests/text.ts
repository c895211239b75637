import { computed, effect, signal } from "@preact/signals";

import { language } from "../../state/preferences.ts";
import { requestsEn, type RequestTexts } from "../../text/requests-en.ts";

/** Those of the language that few speak are read when it is spoken. */
const chinese = signal<RequestTexts | undefined>(undefined);

async function readChinese(): Promise<void> {
  chinese.value = (await import("../../text/requests-zh.ts")).requestsZh;
}

effect(() => {
  // Until they are there, and where they can't be read, English is better than nothing.
  if (language.value === "zh" && chinese.peek() === undefined) void readChinese().catch(() => undefined);
});

/** The texts of this page in the language that is spoken now. */
export const requestTexts = computed<RequestTexts>(() =>
  language.value === "zh" ? (chinese.value ?? requestsEn) : requestsEn,
);
