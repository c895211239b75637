import { en } from "./en.ts";
import { speak } from "./speak.ts";

/** What all pages say. */
export const texts = speak(en, async () => (await import("./zh.ts")).zh);
