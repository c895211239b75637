import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { DEFAULT_MODELS } from "./model-catalogue.ts";
import type { Call } from "./reply.ts";
import { imageModelId } from "./offered-models.ts";
import { createRequestLog } from "./request-log.ts";
import { answerCall } from "./routes.ts";
import { sendReply } from "./send-reply.ts";
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
  const log = createRequestLog();
  const world = createWorld(options, queue);

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => tellFailure(response, error));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBody(request);
    const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s);
    const { method = "GET", headers } = request;
    const record = log.add({ method, path, query: query && `?${query}`, headers, bytes });
    const tooBig = world.generation === "B" && bytes.length > BODY_LIMIT_B;
    const call: Call = {
      method,
      path,
      query: new URLSearchParams(query),
      headers,
      body: tooBig ? undefined : bytes,
      clientAddress: request.socket.remoteAddress ?? "127.0.0.1",
    };
    // A script may keep its reply back, and the client may have left by then.
    const leave = (): void => record.close("client-left");
    response.once("close", leave);
    const reply = await answerCall(call, world);
    response.off("close", leave);
    record.close(await sendReply(response, reply, { generation: world.generation, path }));
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  world.origin = `http://${options.host ?? "127.0.0.1"}:${port}`;

  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
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

/** A script that throws shows in the reply, or in its cut, so that its author sees it. */
function tellFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.writeHead(500, { "content-type": "text/plain" }).end(`Simulator: ${String(error)}`);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
