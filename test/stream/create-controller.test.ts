import { setImmediate as turn } from "node:timers/promises";
import { test } from "vitest";

import { createController } from "../../src/stream/create-controller.ts";
import { linkSignal } from "../../src/stream/link-signal.ts";
import { expectSilence } from "../judges/support/expect-silence.ts";

expectSilence();

test("a signal that many follow, and one that follows it, are no leak in the eyes of any Node", async () => {
  const { signal } = createController();
  for (const followed of [signal, linkSignal(signal).signal]) {
    for (let count = 0; count < 100; count += 1) followed.addEventListener("abort", () => undefined);
  }
  await turn();
});
