import { computed } from "@preact/signals";

import { language } from "../../state/preferences.ts";
import { requestsEn, type RequestTexts } from "../../text/requests-en.ts";
import { requestsZh } from "../../text/requests-zh.ts";

/** The texts of this page in the language that is spoken now. */
export const requestTexts = computed<RequestTexts>(() => (language.value === "zh" ? requestsZh : requestsEn));
