import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Not as an argument of Node: the tests shall need none.
setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

/** Lets the garbage collector take everything that nobody holds. */
export function collectGarbage(): void {
  if (typeof collect !== "function")
    throw new Error("This Node does not let its garbage collector be called.");
  collect();
}
