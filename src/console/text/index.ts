import { computed } from "@preact/signals";

import { language } from "../state/preferences.ts";
import { en, type Texts } from "./en.ts";
import { zh } from "./zh.ts";

/** The texts of the language that is spoken now. */
export const texts = computed<Texts>(() => (language.value === "zh" ? zh : en));
