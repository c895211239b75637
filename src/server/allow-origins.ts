import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

import { budgetHeaders } from "../dialects/encode-budget.ts";
import { traceHeader } from "./trace-requests.ts";

/** Headers of ours that scripts in a browser may read; as one text, or it would be made for each answer. */
const exposedHeaders = [
  "x-request-id",
  "request-id",
  "x-ignored-parameters",
  "x-upstream",
  "x-upstream-attempts",
  "x-upstream-request-id",
  "x-usage-estimated",
  "x-images-missing",
  "x-store-error",
  "retry-after",
  "x-should-retry",
  traceHeader,
  ...budgetHeaders,
].join(", ");

/**
 * Lets pages of named origins reach a gateway in the network of their reader, for which browsers ask apart. Not for
 * `*`: any page on the web could then spend the budget of whoever looks at it.
 * Source: https://wicg.github.io/private-network-access/
 */
function allowPrivateNetwork(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook("onRequest", ({ headers }, reply, done) => {
    const asked = headers["access-control-request-private-network"] === "true";
    if (asked && origins.includes(headers.origin ?? "")) {
      reply.header("access-control-allow-private-network", "true");
    }
    done();
  });
}

/** Lets pages of these origins (`*`: of all) call the gateway from a browser, and read what its answers say in their heads. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  const everyOrigin = origins.includes("*");
  if (!everyOrigin) allowPrivateNetwork(app, origins);
  await app.register(cors, {
    origin: everyOrigin ? "*" : [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    exposedHeaders,
    maxAge: 86_400,
    strictPreflight: false,
  });
}
