import { requestsEn } from "../../text/requests-en.ts";
import { speak } from "../../text/speak.ts";

/** What the page "Requests" says. */
export const requestTexts = speak(
  requestsEn,
  async () => (await import("../../text/requests-zh.ts")).requestsZh,
);
