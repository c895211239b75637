import * as fc from "fast-check";
import { expect, test } from "vitest";

import { encodeWireEvent } from "../../../src/dialects/openai-responses/index.ts";
import { encodeSseEvent } from "../../../src/stream/sse.ts";

const tools = [{ type: "function", name: "a", parameters: { type: "object" } }, { type: "b\u2028" }];
const values = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, tools, { tools }, [tools]));
const responses = fc.oneof(
  fc.record({ id: fc.string(), tools: values, text: values, metadata: values }, { requiredKeys: [] }),
  fc.dictionary(fc.string(), values),
  values,
);

test("an event is written as JSON.stringify writes it, however often its tools come", () => {
  fc.assert(
    fc.property(responses, fc.dictionary(fc.string(), values), (response, more) => {
      const event = { ...more, type: "response.created", sequence_number: 1, response };
      expect(encodeWireEvent(event)).toBe(encodeSseEvent(event.type, JSON.stringify(event)));
    }),
    { numRuns: 500 },
  );
});
