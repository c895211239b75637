import type { Faults } from "./fault.ts";
import { finishFaults } from "./finish.ts";
import { headFaults } from "./head.ts";
import { modelListFaults } from "./model-list.ts";
import { drawingFaults, fileFaults, orderFaults } from "./picture.ts";
import { sessionFaults } from "./session.ts";
import { streamFaults } from "./stream.ts";

/** How each fault of docs/failures.md is brought about, by phase and name. */
export const faults = {
  "before the session": sessionFaults,
  "the list of models": modelListFaults,
  "before the head": headFaults,
  "in the stream": streamFaults,
  "after the finish": finishFaults,
  "ordering a picture": orderFaults,
  "drawing it": drawingFaults,
  "fetching it": fileFaults,
} as const satisfies Readonly<Record<string, Faults>>;

/** What the gateway was at when the fault struck. */
export type Phase = keyof typeof faults;
