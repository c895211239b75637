import { readConfig } from "../../../../src/config.ts";
import type { EventBatch } from "../../../../src/model/events.ts";
import type { PlainRequest } from "../../../../src/model/plain-request.ts";
import {
  type AkashChatOptions,
  createAkashChatUpstream,
} from "../../../../src/upstreams/akash-chat/index.ts";

export const silentLog = { debug() {}, info() {}, warn() {} };

/** Options of an upstream at `url`: real clock, no jitter, no proxy of the environment. */
export function createOptions(
  url: string,
  environment: Readonly<Record<string, string>> = {},
  overrides: Partial<AkashChatOptions> = {},
): AkashChatOptions {
  return {
    config: readConfig({ AKASH_BASE_URL: url, ...environment }),
    log: silentLog,
    now: Date.now,
    random: () => 0,
    proxy: {},
    ...overrides,
  };
}

/** An upstream that closes with the test. */
export function createUpstream(...parameters: Parameters<typeof createOptions>) {
  const upstream = createAkashChatUpstream(createOptions(...parameters));
  return Object.assign(upstream, { [Symbol.asyncDispose]: () => upstream.close() });
}

export const hello: PlainRequest = {
  model: "m",
  system: "S",
  messages: [{ role: "user", text: "Hello" }],
  files: [],
};

export const forever: AbortSignal = new AbortController().signal;

/** The text of an answer. */
export async function readText(batches: AsyncIterable<EventBatch>): Promise<string> {
  let text = "";
  for await (const batch of batches) {
    for (const event of batch) if (event.type === "block-delta") text += event.text;
  }
  return text;
}
