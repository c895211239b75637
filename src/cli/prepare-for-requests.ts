import type { Server } from "node:http";

import type { Logger } from "pino";

import { createPacer } from "../completion/create-pacer.ts";
import { flushCompileCache } from "../enable-compile-cache.ts";
import { loadTokenTables } from "../shaping/count-tokens.ts";
import { loadSchemaRules } from "../shaping/schema/judge-schema.ts";
import { releaseYoungSpace } from "../young-space.ts";
import { prepareLater } from "./prepare-later.ts";

/** After the start and after the first request, when what has come by then has been answered. */
const delayMs = 500;

/** Does soon what requests to `server` would wait for: a part now, the rest when the first that needs it comes. */
export function prepareForRequests(server: Server, log: Pick<Logger, "error">): void {
  prepareLater(server, {
    atRest: prepareAtRest,
    forAnswers: loadTables,
    onError: (error) => log.error({ err: error }, "what requests need could not be loaded"),
    wait: (expire) => void setTimeout(expire, delayMs).unref(),
  });
}

/** Compiles what schemas are judged by, in the small space of the start; from then on V8 may take what a load wants. */
function prepareAtRest(): void {
  try {
    loadSchemaRules();
  } finally {
    releaseYoungSpace();
  }
  flushCompileCache();
}

async function loadTables(): Promise<void> {
  const pacer = createPacer(() => performance.now());
  await loadTokenTables(pacer.start(new AbortController().signal));
}
