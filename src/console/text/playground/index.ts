import { computed } from "@preact/signals";

import { language } from "../../state/preferences.ts";
import { en, type PlaygroundTexts } from "./en.ts";
import { zh } from "./zh.ts";

/** The playground's texts in the language that is spoken now; they are loaded with its page. */
export const playgroundTexts = computed<PlaygroundTexts>(() => (language.value === "zh" ? zh : en));
