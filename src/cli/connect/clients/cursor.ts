import type { Client } from "../client.ts";

/** Cursor, set up by hand. */
export const cursor: Client = {
  title: "Cursor",
  setup: (target) => ({
    steps: [
      "Open Cursor Settings > Models > API Keys.",
      `OpenAI API Key: ${target.apiKey}`,
      `Override OpenAI Base URL: ${target.url}/v1`,
      `Add a custom model named ${target.model.id} and switch the others off.`,
      "Cursor's own servers make the calls, so the URL must be reachable from the internet over https; " +
        "set BEARER_TOKEN before you expose the gateway.",
    ],
  }),
};
