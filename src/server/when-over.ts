import type { ServerResponse } from "node:http";

/**
 * Runs `done` once when a response is over, by its last byte or by the client's leaving. In the latter case those who work for
 * the client hear of it first, and then say what it has cost.
 */
export function whenOver(response: ServerResponse, done: () => void): void {
  // Not Fastify's `onResponse`, which says nothing of clients that left.
  response.once("close", () => {
    if (response.writableFinished) done();
    else setImmediate(done);
  });
}
