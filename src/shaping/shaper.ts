import type { ChatEvent } from "../model/events.ts";

/**
 * A synchronous machine over canonical events: legal events in, legal events out, every block index its own.
 * A shaper may end the answer early by giving out a `finish`; the driver then aborts the upstream and
 * pushes nothing more.
 */
export interface Shaper {
  push(event: ChatEvent): readonly ChatEvent[];
  /** The upstream failed: gives what was held back, so that no text is lost. Never a `finish`. */
  flush(): readonly ChatEvent[];
}
