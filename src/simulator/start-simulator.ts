import { DEFAULT_MODELS } from "./model-catalogue.ts";
import { imageModelId } from "./offered-models.ts";
import { createRequestLog } from "./request-log.ts";
import { answerCall } from "./routes.ts";
import { sendReply } from "./send-reply.ts";
import { serveHttp } from "./serve-http.ts";
import { createSessionStore } from "./session-store.ts";
import type { Simulator, SimulatorOptions } from "./types.ts";
import { createUsageLimit } from "./usage-limit.ts";
import { createReplyQueue, type ReplyQueue } from "./reply-queue.ts";
import type { World } from "./world.ts";

/** The body size that B's middleware copies; what is longer arrives cut and fails to parse. */
const BODY_LIMIT_B = 10 * 1024 * 1024;

/** Starts a simulator on its own port; resolves when it listens. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const queue = createReplyQueue(options.script);
  const log = createRequestLog("/api/chat");
  const world = createWorld(options, queue);

  const { origin, close } = await serveHttp({
    port: options.port,
    host: options.host,
    log,
    async answer({ query, bytes, ...request }) {
      const tooBig = world.generation === "B" && bytes.length > BODY_LIMIT_B;
      const call = { ...request, query: new URLSearchParams(query), body: tooBig ? undefined : bytes };
      return await answerCall(call, world);
    },
    send: (response, reply, path) => sendReply(response, reply, { generation: world.generation, path }),
  });
  world.origin = origin;

  return {
    url: world.origin,
    enqueue: (reply) => queue.add(reply),
    enqueueAt: (path, incident) => queue.addAt(path, incident),
    clear: () => queue.clear(),
    requests: log.requests,
    get chats() {
      return log.chats();
    },
    get sessionsIssued() {
      return world.sessions.issued;
    },
    expireSessions: () => world.sessions.expireAll(),
    setModels(models) {
      world.models = models;
      if (models.some(({ id }) => id !== imageModelId)) world.rows = models;
    },
    scriptModels(script) {
      world.modelsScript = script;
    },
    setDatabase(state) {
      world.database = state;
    },
    waitForChat: (index) => log.wait("/api/chat", index, "POST"),
    waitForRequest: (path, index = 0) => log.wait(path, index),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createWorld(options: SimulatorOptions, queue: ReplyQueue): World {
  const now = options.now ?? Date.now;
  return {
    generation: options.generation ?? "B",
    instance: options.instance ?? "full",
    protocol: options.protocol ?? "data-stream",
    accessToken: options.accessToken,
    pace: options.pace ?? 0,
    now,
    sessions: createSessionStore(options.sessionSeconds ?? 600, now),
    usage: createUsageLimit(options.tokenLimit, now),
    jobs: new Map(),
    models: options.models ?? DEFAULT_MODELS,
    rows: (options.models?.length ?? 0) > 0 ? (options.models ?? []) : DEFAULT_MODELS,
    database: "up",
    modelsScript: undefined,
    origin: "",
    takeEdgeError: (body) => queue.takeEdgeError(body),
    takeIncident: (path) => queue.takeIncident(path),
    takeReply: (body) => queue.takeReply(body),
  };
}
