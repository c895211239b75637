import {
  LogController,
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginCallback,
} from "fastify";
import type { Logger } from "pino";

import { GatewayError, shorten } from "../errors.ts";
import { startRealTimer } from "../stream/real-timer.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { adminRoutes } from "./admin/index.ts";
import { ownKeyRoutes } from "./admin/keys.ts";
import { ownRequestRoutes } from "./admin/own-requests.ts";
import { answerBrokenRequest } from "./answer-broken-requests.ts";
import { acceptJson } from "./accept-json.ts";
import { allowOrigins } from "./allow-origins.ts";
import { authenticate } from "./authenticate.ts";
import { baseUrlOf } from "./base-url.ts";
import { toCanonicalUrl } from "./canonical-url.ts";
import { closeWithConnection } from "./close-with-connection.ts";
import { countRequests } from "./count-requests.ts";
import { createTurns } from "./create-turns.ts";
import { setDialectErrors } from "./dialect-errors.ts";
import { encodeEdgeError } from "./encode-edge-error.ts";
import { splitKeyInPath } from "./given-keys.ts";
import { isGeminiPath, refuseMissing } from "./missing-gemini.ts";
import { noteRequests } from "./note-requests.ts";
import { requestLog } from "./log-requests.ts";
import { createOpenRequests, type OpenCounts, type OpenNow, type UnderWay } from "./open-requests.ts";
import { observeRequest } from "./request-observer.ts";
import { keepTraces } from "./trace-requests.ts";
import { settleRequests } from "./settle-requests.ts";
import { refuseWebSocket, wantsWebSocket } from "./refuse-websocket.ts";
import type { RouteDependencies, ServerDependencies } from "./route-dependencies.ts";
import { createRouteIndex } from "./route-index.ts";
import { anthropicMessagesRoutes } from "./routes/anthropic-messages.ts";
import { geminiRoutes } from "./routes/gemini.ts";
import { metaRoutes } from "./routes/meta.ts";
import { createPageReader } from "./built-page/page-files.ts";
import { consoleRoutes } from "./console/console-routes.ts";
import { openApiRoutes } from "./openapi/openapi-routes.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { ollamaChatRoutes } from "./routes/ollama-chat.ts";
import { ollamaEmbeddingsRoutes } from "./routes/ollama-embeddings.ts";
import { ollamaGenerateRoutes } from "./routes/ollama-generate.ts";
import { ollamaModelsRoutes } from "./routes/ollama-models.ts";
import { openAiAudioRoutes } from "./routes/openai-audio.ts";
import { openAiChatRoutes } from "./routes/openai-chat.ts";
import { openAiCompletionsRoutes } from "./routes/openai-completions.ts";
import { openAiConversationsRoutes } from "./routes/openai-conversations.ts";
import { openAiEmbeddingsRoutes } from "./routes/openai-embeddings.ts";
import { openAiImagesRoutes } from "./routes/openai-images.ts";
import { openAiResponsesRoutes } from "./routes/openai-responses.ts";
import { accessRoutes } from "./routes/access.ts";
import { usageRoutes } from "./routes/usage.ts";
import { createTraceWishes } from "../traces/trace-wishes.ts";
import { createShutdown } from "./shutdown.ts";
import { createActivityReader } from "./status/create-activity-reader.ts";
import { statusRoutes } from "./status/status-routes.ts";

/** The dialects' routes; each plugin answers failures in its own envelope. */
const dialects: readonly ((deps: ServerDependencies) => FastifyPluginCallback)[] = [
  metaRoutes,
  openAiChatRoutes,
  openAiCompletionsRoutes,
  openAiResponsesRoutes,
  openAiConversationsRoutes,
  openAiImagesRoutes,
  openAiEmbeddingsRoutes,
  openAiAudioRoutes,
  anthropicMessagesRoutes,
  ollamaModelsRoutes,
  ollamaChatRoutes,
  ollamaGenerateRoutes,
  ollamaEmbeddingsRoutes,
  geminiRoutes,
  usageRoutes,
  adminRoutes,
  ownKeyRoutes,
  ownRequestRoutes,
  metricsRoutes,
  accessRoutes,
  statusRoutes,
  consoleRoutes,
  openApiRoutes,
];

/**
 * Answers depend on the key that came with the request, in headers that caches don't all know (`x-api-key`), and are
 * somebody's conversations: nothing is to be kept, unless a route says otherwise.
 */
const noStore = "no-store";

/** What who scrapes a gateway hears that was not told where its metrics shall be. */
const noMetrics =
  "There are no metrics here. METRICS_ADDRESS gives them an address of their own, METRICS_TOKEN opens this one.";

/** Fastify's own log: its lines about listening would double ours, which say more. */
function toQuiet(log: Logger): FastifyBaseLogger {
  const quiet = log.child({});
  if (log.isLevelEnabled("info")) quiet.level = "warn";
  return quiet;
}

/** So many requests are named when the gateway stops. */
const namedRequests = 20;

function tellStopping(log: Logger, underWay: readonly UnderWay[], timeoutMs: number): void {
  const running = underWay.length;
  const count = running === 1 ? "1 request" : `${running} requests`;
  const words =
    running === 0 ? "nothing is under way" : `waiting for ${count}, ${timeoutMs / 1000} s at most`;
  log.info(
    { event: "stopping", running, timeoutMs, requests: underWay.slice(0, namedRequests) },
    `stopping: ${words}`,
  );
}

function tellDelay(log: Logger, delayMs: number): void {
  log.info(
    { event: "leaving", delayMs },
    `about to stop: /health says so for ${delayMs / 1000} s, in which requests are still taken`,
  );
}

/** The edge, not listening yet. */
export interface Server {
  readonly app: FastifyInstance;
  /** How many answers are not complete yet. */
  running(): number;
  /** How much is under way, background responses too, and what it waits for. */
  underWay(): OpenCounts;
  /** What is under way, each. */
  openNow(): readonly OpenNow[];
  /**
   * Takes no more connections, and waits until the clients have closed theirs, `timeoutMs` at most: each is asked to by its next answer.
   * For an address at which another process listens, too. `close` comes next.
   */
  drain(timeoutMs: number): Promise<void>;
  /**
   * Says at `/health` for `SHUTDOWN_DELAY_MS` that it is about to stop, and serves what comes; unless it was drained, so that nothing can
   * come. Then lets running answers finish for `SHUTDOWN_TIMEOUT_MS`, and ends them with an error. Idempotent.
   */
  close(): Promise<void>;
}

/** In place of Fastify's compilers of schemas, which are 150 files to load at each start: no route has such a schema. */
function buildNothing(): never {
  throw new Error("Routes have no schemas of Fastify's: a dialect parses its bodies.");
}

/**
 * Creates the HTTP edge: CORS, request ids, authentication, JSON bodies, error envelopes and the log line,
 * around the routes of all dialects. `startTimer` is for the warnings of requests that stand still.
 */
export async function createServer(
  deps: RouteDependencies,
  log: Logger,
  startTimer: StartTimer = startRealTimer,
): Promise<Server> {
  const { config, newId } = deps;
  const shutdown = createShutdown();
  const open = createOpenRequests(startTimer);
  const activity = createActivityReader(deps.ledger);
  const readConsole = createPageReader(deps.consoleFolder);
  const traceWishes = createTraceWishes(deps);
  const observers = [
    requestLog,
    countRequests(deps.totals),
    settleRequests(deps.access.typical),
    keepTraces(deps.traces),
    noteRequests(deps.ledger, deps.now),
    activity.observer,
    ...deps.observers,
  ];
  const app = fastify({
    schemaController: { compilersFactory: { buildValidator: buildNothing, buildSerializer: buildNothing } },
    loggerInstance: toQuiet(log),
    // Requests log to the log itself.
    childLoggerFactory: (_quiet, bindings) => log.child(bindings),
    trustProxy: config.TRUSTED_PROXIES.length === 0 ? false : [...config.TRUSTED_PROXIES],
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT_BYTES,
    // Our hook answers instead, in the caller's dialect.
    return503OnClosing: false,
    // Longer than the minute for which proxies keep theirs, so that they never reuse one that we just closed.
    keepAliveTimeout: 75_000,
    // For a request to arrive whole; Fastify sets no limit, so clients that dribble would hold connections for ever.
    requestTimeout: 300_000,
    // Before the router, so that whatever looks at the URL, authentication too, sees the same one.
    rewriteUrl: ({ url }) => toCanonicalUrl(splitKeyInPath(url ?? "/").url),
    // Base URLs are typed by people: with a slash too many, or the whole id of a model in the path. Longer than
    // Node takes a request line, because the router's own refusal would be in no dialect.
    clientErrorHandler(failure, socket) {
      const fields = { event: "broken", failure: failure.code, clientAddress: socket.remoteAddress };
      log.debug(fields, "a connection sent what is no HTTP request, or was cut");
      answerBrokenRequest(failure, socket);
    },
    // What fails before there is a route, which is only a URL that can't be read.
    frameworkErrors: (_error, request, reply) => {
      const error = new GatewayError("invalid-request", "The path of the URL is not encoded as URLs are.");
      observeRequest(request, reply, { open, observers });
      request.facts.error = error.kind;
      request.facts.cause = error;
      const { status, body } = encodeEdgeError(error, request);
      const text = JSON.stringify(body);
      reply.hijack();
      reply.raw.writeHead(status, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
        "cache-control": noStore,
        "x-request-id": request.id,
      });
      reply.raw.end(text);
    },
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 16_384 },
    genReqId: (request) => {
      const given = request.headers["x-request-id"];
      // Dots alone are no part of a path: what came of the request could not be asked for.
      return typeof given === "string" && /^(?!\.{1,2}$)[\w.:+/=@-]{1,128}$/.test(given)
        ? given
        : newId("req_");
    },
  });
  app.decorate("shutdownSignal", shutdown.deadline);
  app.decorate("isAboutToStop", () => shutdown.announced);
  app.decorate("atDeadline", (end: () => void) => shutdown.atDeadline(end));
  app.decorate("whenLeaving", (end: () => void) => shutdown.whenLeaving(end));
  app.server.on("connection", (socket) => shutdown.watch(socket));
  app.decorateRequest("facts");
  app.addHook("onClose", (_app, done) => {
    open.close();
    done();
  });
  app.addHook("onRequest", (request, reply, done) => {
    closeWithConnection(request.raw.socket, reply.raw);
    shutdown.track(reply.raw);
    reply.header("x-request-id", request.id);
    reply.header("cache-control", noStore);
    done();
  });
  app.addHook("onRequest", (request, reply, done) => {
    observeRequest(request, reply, { open, observers });
    done();
  });
  acceptJson(app);
  const takeTurn = createTurns();
  app.addHook("preHandler", (_request, reply, done) => takeTurn(done, () => reply.raw.destroyed));
  await allowOrigins(app, config.CORS_ORIGIN);
  app.addHook("onRequest", (_request, _reply, done) => {
    if (shutdown.begun) done(new GatewayError("overloaded", "The gateway is shutting down. Try again soon."));
    else done();
  });
  authenticate(app, { ...deps, traceWishes });

  const routes = createRouteIndex(app);
  setDialectErrors(app, encodeEdgeError);
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const methods = routes.methodsOf(path);
    if (methods.length === 0) {
      // A key in front of it is for nobody's log.
      const asked = splitKeyInPath(request.originalUrl).url.split("?", 1)[0] ?? "/";
      const base = baseUrlOf(request, config);
      if (isGeminiPath(path)) throw refuseMissing(path);
      if (path === "/metrics") throw new GatewayError("not-found", noMetrics);
      throw new GatewayError(
        "not-found",
        `There is nothing at ${request.method} ${shorten(asked)}. The base URL is ${base}/v1 for clients of OpenAI's APIs and ${base} for Anthropic's, Gemini's and Ollama's.`,
      );
    }
    reply.header("allow", methods.join(", "));
    if (wantsWebSocket(request)) throw refuseWebSocket(reply, methods);
    throw new GatewayError(
      "method-not-allowed",
      `${shorten(path)} takes ${methods.join(", ")}, not ${request.method}.`,
    );
  });
  for (const dialect of dialects)
    await app.register(dialect({ ...deps, open, observers, startTimer, activity, readConsole, traceWishes }));

  let drained = false;
  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    const { SHUTDOWN_DELAY_MS: delayMs, SHUTDOWN_TIMEOUT_MS: timeoutMs } = config;
    if (delayMs > 0 && !drained) {
      tellDelay(log, delayMs);
      shutdown.announce();
      await new Promise<void>((resolve) => {
        startTimer(delayMs, resolve);
      });
    }
    tellStopping(log, open.list(), timeoutMs);
    await shutdown.close(app, timeoutMs);
  }
  return {
    app,
    running: () => shutdown.running,
    underWay: () => open.counts(),
    openNow: () => open.look(),
    drain(timeoutMs) {
      drained = true;
      return shutdown.drain(app, timeoutMs);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
