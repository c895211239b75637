import { expect, test } from "vitest";

import { createEventReader } from "../../src/console/domain/server-events.ts";
import { encodeSseComment, encodeSseEvent } from "../../src/stream/sse.ts";

const text =
  encodeSseComment("keep-alive") +
  encodeSseEvent("status", '{"open":["流 1"]}') +
  encodeSseComment("keep-alive") +
  encodeSseEvent("error", "{}") +
  "data: plain\n\n";

test("events are read wherever the text is cut", () => {
  for (let cut = 0; cut <= text.length; cut += 1) {
    const read = createEventReader();
    const events = [...read(text.slice(0, cut)), ...read(text.slice(cut))];
    expect(events).toEqual([
      { name: "status", data: '{"open":["流 1"]}' },
      { name: "error", data: "{}" },
      { name: "message", data: "plain" },
    ]);
  }
});
