import { expect, test } from "vitest";

import { createEventReader } from "../../../src/upstreams/openai-compatible/event-reader.ts";

test("a body that is no stream is given as it came, its empty lines too", () => {
  const reader = createEventReader();
  const page = "<html>\n\n<p>Sign in</p>\n\n</html>";
  const pieces = [...reader.push(Buffer.from(page)), ...reader.end()];
  expect(pieces).toEqual([{ kind: "garbage", text: page, atEnd: true }]);
});
