import { computed } from "@preact/signals";

import { language } from "../state/preferences.ts";
import { connectEn } from "./connect-en.ts";
import { connectZh } from "./connect-zh.ts";

/** What the page "Connect" says, in the language that is chosen. */
export const connectTexts = computed(() => (language.value === "zh" ? connectZh : connectEn));
