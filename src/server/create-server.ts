import cors from "@fastify/cors";
import {
  LogController,
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginCallback,
} from "fastify";

import { budgetHeaders } from "../dialects/budget-headers.ts";
import { GatewayError, shorten } from "../errors.ts";
import { answerBrokenRequest } from "./answer-broken-requests.ts";
import { acceptJson } from "./accept-json.ts";
import { authenticate } from "./authenticate.ts";
import { baseUrlOf } from "./base-url.ts";
import { toCanonicalUrl } from "./canonical-url.ts";
import { closeWithConnection } from "./close-with-connection.ts";
import { countRequests } from "./count-requests.ts";
import { createTurns } from "./create-turns.ts";
import { setDialectErrors } from "./dialect-errors.ts";
import { encodeEdgeError } from "./encode-edge-error.ts";
import { logRequests } from "./log-requests.ts";
import { refuseWebSocket, wantsWebSocket } from "./refuse-websocket.ts";
import type { RouteDependencies } from "./route-dependencies.ts";
import { createRouteIndex } from "./route-index.ts";
import { anthropicMessagesRoutes } from "./routes/anthropic-messages.ts";
import { metaRoutes } from "./routes/meta.ts";
import { openAiChatRoutes } from "./routes/openai-chat.ts";
import { openAiCompletionsRoutes } from "./routes/openai-completions.ts";
import { openAiImagesRoutes } from "./routes/openai-images.ts";
import { openAiResponsesRoutes } from "./routes/openai-responses.ts";
import { usageRoutes } from "./routes/usage.ts";
import { createShutdown } from "./shutdown.ts";

/** The dialects' routes; each plugin answers failures in its own envelope. */
const dialects: readonly ((deps: RouteDependencies) => FastifyPluginCallback)[] = [
  metaRoutes,
  openAiChatRoutes,
  openAiCompletionsRoutes,
  openAiResponsesRoutes,
  openAiImagesRoutes,
  anthropicMessagesRoutes,
  usageRoutes,
];

/** Headers of ours that scripts in a browser may read. */
const exposedHeaders = [
  "x-request-id",
  "request-id",
  "x-ignored-parameters",
  "x-usage-estimated",
  "x-images-missing",
  "x-store-error",
  "retry-after",
  "x-should-retry",
  ...budgetHeaders,
];

/**
 * Answers depend on the key that came with the request, in headers that caches don't all know (`x-api-key`), and are
 * somebody's conversations: nothing is to be kept, unless a route says otherwise.
 */
const noStore = "no-store";

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

/** The edge, not listening yet. */
export interface Server {
  readonly app: FastifyInstance;
  /** Lets running answers finish for `SHUTDOWN_TIMEOUT_MS`, then ends them with an error. Idempotent. */
  close(): Promise<void>;
}

/**
 * Creates the HTTP edge: CORS, request ids, authentication, JSON bodies, error envelopes and the log line,
 * around the routes of all dialects.
 */
export async function createServer(deps: RouteDependencies, log: FastifyBaseLogger): Promise<Server> {
  const { config, newId } = deps;
  const shutdown = createShutdown();
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT_BYTES,
    // Our hook answers instead, in the caller's dialect.
    return503OnClosing: false,
    // Longer than the minute for which proxies keep theirs, so that they never reuse one that we just closed.
    keepAliveTimeout: 75_000,
    // For a request to arrive whole; Fastify sets no limit, so clients that dribble would hold connections for ever.
    requestTimeout: 300_000,
    // Before the router, so that whatever looks at the URL, authentication too, sees the same one.
    rewriteUrl: ({ url }) => toCanonicalUrl(url ?? "/"),
    // Base URLs are typed by people: with a slash too many, or the whole id of a model in the path. Longer than
    // Node takes a request line, because the router's own refusal would be in no dialect.
    clientErrorHandler: answerBrokenRequest,
    // What fails before there is a route, which is only a URL that can't be read.
    frameworkErrors: (_error, request, reply) => {
      const error = new GatewayError("invalid-request", "The path of the URL is not encoded as URLs are.");
      const { status, body } = encodeEdgeError(error, request);
      const text = JSON.stringify(body);
      reply.hijack();
      reply.raw.writeHead(status, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
        "cache-control": noStore,
      });
      reply.raw.end(text);
    },
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 16_384 },
    genReqId: (request) => {
      const given = request.headers["x-request-id"];
      return typeof given === "string" && /^[\w.:+/=@-]{1,128}$/.test(given) ? given : newId("req_");
    },
  });
  app.decorate("shutdownSignal", shutdown.deadline);
  app.decorateRequest("facts");
  app.addHook("onRequest", (request, reply, done) => {
    request.facts = {};
    closeWithConnection(request.raw.socket, reply.raw);
    shutdown.track(reply.raw);
    reply.header("x-request-id", request.id);
    reply.header("cache-control", noStore);
    done();
  });
  logRequests(app);
  countRequests(app, deps.totals);
  acceptJson(app);
  const takeTurn = createTurns();
  app.addHook("preHandler", (_request, reply, done) => takeTurn(done, () => reply.raw.destroyed));
  const everyOrigin = config.CORS_ORIGIN.includes("*");
  if (!everyOrigin) allowPrivateNetwork(app, config.CORS_ORIGIN);
  await app.register(cors, {
    origin: everyOrigin ? "*" : [...config.CORS_ORIGIN],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    exposedHeaders,
    maxAge: 86_400,
    strictPreflight: false,
  });
  app.addHook("onRequest", (_request, _reply, done) => {
    if (shutdown.begun) done(new GatewayError("overloaded", "The gateway is shutting down. Try again soon."));
    else done();
  });
  authenticate(app, config.BEARER_TOKEN);

  const routes = createRouteIndex(app);
  setDialectErrors(app, encodeEdgeError);
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const methods = routes.methodsOf(path);
    if (methods.length === 0) {
      const asked = request.originalUrl.split("?", 1)[0] ?? "/";
      const base = baseUrlOf(request, config);
      throw new GatewayError(
        "not-found",
        `There is nothing at ${request.method} ${shorten(asked)}. The base URL is ${base}/v1 for clients of OpenAI's APIs and ${base} for Anthropic's.`,
      );
    }
    reply.header("allow", methods.join(", "));
    if (wantsWebSocket(request)) throw refuseWebSocket(reply, methods);
    throw new GatewayError(
      "method-not-allowed",
      `${shorten(path)} takes ${methods.join(", ")}, not ${request.method}.`,
    );
  });
  for (const dialect of dialects) await app.register(dialect(deps));
  return { app, close: () => shutdown.close(app, config.SHUTDOWN_TIMEOUT_MS) };
}
