import type { Shaper } from "../shaper.ts";
import { createCallNet } from "./call-net.ts";
import { createFinalCallShaper } from "./final-calls.ts";
import { createThoughtCallShaper } from "./thought-calls.ts";
import { createToolCallShaper } from "./tool-call-shaper.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/** Creates all that reads the calls of one answer, in order: each sees what the one before it made of the answer. */
export function createToolShapers(options: ToolCallShaperOptions): readonly Shaper[] {
  return [
    createThoughtCallShaper(options),
    createFinalCallShaper(options),
    createToolCallShaper(options),
    createCallNet(options),
  ];
}
