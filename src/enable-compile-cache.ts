import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Keeps what V8 compiles of the program for the next start, which takes half the time then (Node 22.8 and newer). Below the user's own cache
 * folder, since whoever can write there decides what runs here; nowhere if there is none to be had. `NODE_COMPILE_CACHE` names another folder,
 * `NODE_DISABLE_COMPILE_CACHE=1` turns it off, as Node has them.
 */
export function enableCompileCache({ XDG_CACHE_HOME: cache }: NodeJS.ProcessEnv): void {
  if (!("enableCompileCache" in module)) return;
  module.enableCompileCache(join(cache || join(homedir(), ".cache"), "akashchat-api", "compiled"));
}

/** Writes it now: a process that is killed would not. */
export function flushCompileCache(): void {
  if ("flushCompileCache" in module) module.flushCompileCache();
}
