import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where what Node compiles is kept for all runs of all tests: that is half of what a start costs, of a process and of a thread. */
export const compileCache = join(tmpdir(), "akashchat-api-compiled");
