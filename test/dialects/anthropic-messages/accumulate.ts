import { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";
import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import { Stream } from "@anthropic-ai/sdk/streaming";

import { createCollector } from "../../../src/model/collect.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { encodeResponse } from "../../../src/dialects/anthropic-messages/encode-response.ts";
import { createStreamEncoder } from "../../../src/dialects/anthropic-messages/encode-stream.ts";

/** The stream of an answer, whole. */
export function encodeStream(events: readonly ChatEvent[], inputEstimate?: number): string {
  const encoder = createStreamEncoder({
    messageId: "msg_test",
    requestId: "req_test",
    inputEstimate: () => inputEstimate,
  });
  return events.map((event) => encoder.push(event)).join("");
}

/** The same answer as a client without `stream` gets it, after its way over JSON. */
export function encodeWhole(events: readonly ChatEvent[], inputEstimate?: number): unknown {
  const collector = createCollector();
  for (const event of events) collector.push(event);
  return JSON.parse(
    JSON.stringify(encodeResponse(collector.result(), { messageId: "msg_test", inputEstimate })),
  );
}

function readable(stream: string): ReadableStream {
  return Stream.fromSSEResponse(new Response(stream), new AbortController()).toReadableStream();
}

/** Drops what the SDK adds for its own helpers. */
function toPlain(message: unknown): unknown {
  return JSON.parse(
    JSON.stringify(message, (key, value: unknown) => (key === "parsed_output" ? undefined : value)),
  );
}

/** What the SDK's accumulator makes of a stream. Rejects with the SDK's error. */
export async function accumulate(stream: string): Promise<unknown> {
  const message = await MessageStream.fromReadableStream(readable(stream)).finalMessage();
  return toPlain(message);
}

/** What the beta accumulator makes of it: the one that Claude Code and the tool runner use. */
export async function accumulateBeta(stream: string): Promise<unknown> {
  const message = await BetaMessageStream.fromReadableStream(readable(stream)).finalMessage();
  return toPlain(message);
}
