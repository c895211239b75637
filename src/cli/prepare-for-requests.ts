import { createPacer } from "../completion/create-pacer.ts";
import { flushCompileCache } from "../enable-compile-cache.ts";
import { loadTokenTables } from "../shaping/count-tokens.ts";
import { loadSchemaRules } from "../shaping/schema/judge-schema.ts";

/** After the start, when health checks and the first requests have been answered. */
const delayMs = 500;

/** Does soon what the first request that needs it would wait for. */
export function prepareForRequests(): void {
  setTimeout(() => void prepare(), delayMs).unref();
}

async function prepare(): Promise<void> {
  const pacer = createPacer(() => performance.now());
  await loadTokenTables(pacer.start(new AbortController().signal));
  loadSchemaRules();
  flushCompileCache();
}
