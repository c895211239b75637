import { connectEn } from "./connect-en.ts";
import { speak } from "./speak.ts";

/** What the page "Connect" says. */
export const connectTexts = speak(connectEn, async () => (await import("./connect-zh.ts")).connectZh);
