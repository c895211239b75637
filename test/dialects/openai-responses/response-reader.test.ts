import * as fc from "fast-check";
import { expect, test } from "vitest";

import { createResponseReader, encodeEnd } from "../../../src/dialects/openai-responses/response-reader.ts";
import type { WireEvent } from "../../../src/dialects/openai-responses/wire.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";
import { makeWriter } from "./make-writer.ts";

test("who reads the events of a response knows at each of them what its writer says", () => {
  fc.assert(
    fc.property(arbitraryEvents(), fc.integer({ min: 0, max: 40 }), (all, beatAt) => {
      const writer = makeWriter({ background: true });
      const reader = createResponseReader();
      expect(reader.response).toBeUndefined();
      const read = (events: readonly WireEvent[]) => {
        for (const event of events) reader.push(JSON.parse(JSON.stringify(event)) as WireEvent);
      };
      read(writer.queue());
      let count = 0;
      for (const event of all) {
        read(writer.push(event));
        expect(reader.response).toEqual(writer.response());
        count += 1;
        // It shows what is open, too, until that is done.
        if (count === beatAt) read(writer.heartbeat());
        else continue;
        expect(reader.response).toMatchObject({ status: writer.response().status });
        break;
      }
      for (const event of all.slice(count)) read(writer.push(event));
      expect(reader.response).toEqual(writer.response());
    }),
  );
});

test("one whose writer is gone ends with what was read of it", () => {
  const writer = makeWriter({ background: true });
  const reader = createResponseReader();
  for (const event of writer.queue()) reader.push(event);
  const error = { code: "server_error", message: "Gone." };
  const end = encodeEnd(writer.response(), { status: "failed", error }, 2);
  reader.push(end);
  expect(end).toMatchObject({ type: "response.failed", sequence_number: 2 });
  expect(reader.response).toEqual({ ...writer.response(), status: "failed", error });
});
