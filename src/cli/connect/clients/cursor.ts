import ipaddr from "ipaddr.js";

import { unsetKey } from "../agent-settings.ts";
import type { Client } from "../client.ts";

/** Whether Cursor's servers can reach an address: over https, by a name or address that is not of a private network. */
function isPublic(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:") return false;
  const host = hostname.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === "unicast";
  return host.includes(".") && !/\.(?:local|localhost|internal|lan|home\.arpa)$/i.test(host);
}

/** Cursor, set up by hand. */
export const cursor: Client = {
  title: "Cursor",
  setup: ({ url, apiKey, model }) => ({
    steps: [
      "Open Cursor Settings > Models > API Keys.",
      `OpenAI API Key: ${apiKey}`,
      isPublic(url)
        ? `Override OpenAI Base URL: ${url}/v1`
        : "Override OpenAI Base URL: the public https address of this gateway with /v1 behind it, such as https://ai.example.com/v1",
      `Add a custom model named ${model.id} and switch the others off.`,
    ],
  }),
  notes: ({ url, apiKey }) => [
    ...(isPublic(url)
      ? []
      : [
          `Cursor's own servers make the calls, and can't reach ${url}. Give the gateway a public https address (a tunnel, or a ` +
            "reverse proxy with a certificate) and name it: PUBLIC_URL=https://ai.example.com, or --url for this once.",
        ]),
    ...(apiKey === unsetKey
      ? ["Set BEARER_TOKEN before you expose the gateway: whoever finds it can use it."]
      : []),
  ],
};
