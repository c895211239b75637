import { readConfig } from "../../../../src/config.ts";
import type { EventBatch } from "../../../../src/model/events.ts";
import type { ChatRequest, Message } from "../../../../src/model/request.ts";
import type { PlainConversation, PlainMessage } from "../../../../src/upstreams/akash-chat/to-plain.ts";
import { createRequest } from "../../../support/create-request.ts";
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

/** A request as lowering makes it for an upstream that only knows text. */
export function plainRequest({
  system = "S",
  messages = [{ role: "user", text: "Hello" }],
  files = [],
  sampling = {},
}: Partial<PlainConversation> & Partial<Pick<ChatRequest, "sampling">> = {}): ChatRequest {
  const [first, ...others] = messages.map(toMessage);
  const fileParts = files.map((file) => ({ type: "file", ...file }) as const);
  const opening: readonly Message[] =
    first?.role === "user" ? [{ role: "user", parts: [...fileParts, ...first.parts] }] : [];
  return createRequest({
    model: "m",
    sampling,
    messages: [{ role: "system", parts: [{ type: "text", text: system }] }, ...opening, ...others],
  });
}

function toMessage({ role, text, images = [] }: PlainMessage): Message {
  const part = { type: "text", text } as const;
  if (role === "assistant") return { role, parts: [part] };
  const pictures = images.map((image) => ({ type: "image", source: { kind: "data", ...image } }) as const);
  return { role, parts: [part, ...pictures] };
}

export const hello: ChatRequest = plainRequest();

export const forever: AbortSignal = new AbortController().signal;

/** The text of an answer. */
export async function readText(batches: AsyncIterable<EventBatch>): Promise<string> {
  let text = "";
  for await (const batch of batches) {
    for (const event of batch) if (event.type === "block-delta") text += event.text;
  }
  return text;
}
