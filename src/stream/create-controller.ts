import { setMaxListeners } from "node:events";

/**
 * An `AbortController` whose signal may have any number of listeners, which is the rule since Node 22: Node 20 takes
 * the eleventh for a leak and warns. For signals that many pieces of work follow, each letting go at its end.
 */
export function createController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
