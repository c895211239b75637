import { createContext, Script, type Context } from "node:vm";

/** The engine ends scripts, not functions, after a time: this one calls the work. Made when first needed. */
let frame: { readonly globals: Context; readonly script: Script } | undefined;

/**
 * Does work that some inputs can keep busy for hours, such as a client's regular expressions, for `milliseconds` at
 * most. `undefined` when that was not enough. Throws what the work throws. A call costs about 0.1 ms.
 */
export function withinTime<T>(milliseconds: number, work: () => T): T | undefined {
  frame ??= { globals: createContext({}), script: new Script("work()") };
  const { globals, script } = frame;
  let result: T | undefined;
  globals["work"] = () => {
    result = work();
  };
  try {
    script.runInContext(globals, { timeout: milliseconds });
    return result;
  } catch (error) {
    // Made by the engine, so it is no `Error` of this realm.
    const code: unknown =
      typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  } finally {
    delete globals["work"];
  }
}
