import { expect, test } from "vitest";

import { createStreamEncoder } from "../../../src/dialects/anthropic-messages/encode-stream.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { splitThinking } from "../../../src/shaping/split-thinking.ts";
import { createLineDecoder } from "../../../src/stream/lines.ts";
import { createDataStreamDecoder } from "../../../src/upstreams/akash-chat/decode-stream.ts";
import { readCaptures } from "../../upstreams/akash-chat/support/captures.ts";
import { accumulate, encodeWhole } from "./accumulate.ts";
import { checkGrammar } from "./check-grammar.ts";

const chats = readCaptures(
  ({ request, status }) =>
    request.method === "POST" && request.path.startsWith("/api/chat") && status === 200,
);

test.each(chats.map((capture) => [capture.name, capture] as const))(
  "the recorded reply %s becomes a legal stream",
  async (_name, { body }) => {
    const decoder = createDataStreamDecoder("DeepSeek-V3.2");
    const lines = createLineDecoder({ maxLineBytes: 10_000_000 });
    for (const line of [...lines.push(body), ...lines.end()]) decoder.push(line);
    decoder.end();

    const shaper = splitThinking({ mayOmitOpening: false });
    const events: ChatEvent[] = decoder.take().flatMap((event) => [...shaper.push(event)]);
    const encoder = createStreamEncoder({ messageId: "msg_test", requestId: "req_test" });
    let stream = "";
    if (decoder.failure !== undefined) events.push(...shaper.flush());
    for (const event of events) stream += encoder.push(event);
    if (decoder.failure !== undefined) stream += encoder.fail(decoder.failure);

    checkGrammar(stream);
    if (decoder.failure !== undefined) {
      await expect(accumulate(stream)).rejects.toThrow();
    } else {
      expect(await accumulate(stream)).toEqual(encodeWhole(events));
    }
  },
);
