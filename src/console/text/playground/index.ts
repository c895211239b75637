import { speak } from "../speak.ts";
import { en } from "./en.ts";

/** What the playground says. */
export const playgroundTexts = speak(en, async () => (await import("./zh.ts")).zh);
