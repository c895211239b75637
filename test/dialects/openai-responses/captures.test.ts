import { expect, test } from "vitest";
import { createStreamEncoder, encodeWireEvent } from "../../../src/dialects/openai-responses/index.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { splitThinking } from "../../../src/shaping/split-thinking.ts";
import { createLineDecoder } from "../../../src/stream/lines.ts";
import { createDataStreamDecoder } from "../../../src/upstreams/akash-chat/decode-stream.ts";
import { readCaptures } from "../../upstreams/akash-chat/support/captures.ts";
import { checkEvents } from "./check-events.ts";
import { makeWriter } from "./make-writer.ts";
import { parseFrames } from "./parse-frames.ts";

const chats = readCaptures(
  ({ request, status }) =>
    request.method === "POST" && request.path.startsWith("/api/chat") && status === 200,
);

test("there are recorded replies", () => {
  expect(chats.length).toBeGreaterThan(50);
});

test.each(chats.map((capture) => [capture.name, capture] as const))(
  "the recorded reply %s becomes a legal stream, and a part of one too",
  (_name, { body }) => {
    const decoder = createDataStreamDecoder("DeepSeek-V3.2");
    const lines = createLineDecoder({ maxLineBytes: 10_000_000 });
    for (const line of [...lines.push(body), ...lines.end()]) decoder.push(line);
    decoder.end();
    const { failure } = decoder;
    const shaper = splitThinking({ mayOmitOpening: false });
    const events: ChatEvent[] = decoder.take().flatMap((event) => [...shaper.push(event)]);
    if (failure !== undefined) events.push(...shaper.flush());

    const encoder = createStreamEncoder(makeWriter(), () => {});
    let stream = events.map((event) => encoder.push(event)).join("");
    if (failure !== undefined) stream += encoder.fail(failure);
    const final = checkEvents(parseFrames(stream));
    expect(final.status === "failed").toBe(failure !== undefined);

    const cancelled = makeWriter();
    const begun = events.slice(0, Math.floor(events.length / 2)).flatMap((event) => cancelled.push(event));
    expect(
      checkEvents(parseFrames([...begun, ...cancelled.cancel()].map(encodeWireEvent).join(""))).status,
    ).toBe("cancelled");
  },
);
