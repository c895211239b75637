import { noPage } from "./start-stack.ts";
import { randomBytes } from "node:crypto";

import { pino } from "pino";

import { createAudioService } from "../../src/audio/create-audio-service.ts";
import { createAccess } from "../../src/access/create-access.ts";
import { createKeyService } from "../../src/access/key-service.ts";
import { createMemoryConversations } from "../../src/store/memory/memory-conversations.ts";
import { startRealTimer } from "../../src/stream/real-timer.ts";
import { createMemoryKeys } from "../../src/store/memory/memory-keys.ts";
import { createMemoryLedger } from "../../src/store/memory/memory-ledger.ts";
import { createMemoryTraces } from "../../src/store/memory/memory-traces.ts";
import { createMemoryLimits } from "../../src/store/memory/memory-limits.ts";

import type { CallContext, ChatService } from "../../src/completion/chat-service.ts";
import { readConfig } from "../../src/config.ts";
import { GatewayError } from "../../src/errors.ts";
import { createEmbeddingService } from "../../src/embeddings/create-embedding-service.ts";
import { createImageService } from "../../src/images/create-image-service.ts";
import { createBlockWriter } from "../../src/model/block-writer.ts";
import type { EventBatch } from "../../src/model/events.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { createSealer } from "../../src/secrets/create-sealer.ts";
import type { IdFactory } from "../../src/model/ids.ts";
import { createResponseService } from "../../src/responses/create-response-service.ts";
import { builtDocument } from "../../src/built-document.ts";
import { createServer } from "../../src/server/create-server.ts";
import type { Observers } from "../../src/server/request-observer.ts";
import { createTotalsKeeper } from "../../src/server/create-totals-keeper.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { pushing } from "./sources.ts";
import { listed, routerOf } from "./router-of.ts";

/** An answer of the scripted chat service. */
export type Answer = (
  request: ChatRequest,
  context: CallContext,
) => AsyncIterable<EventBatch> | Iterable<EventBatch>;

/** The real HTTP edge over a scripted chat service, on a real socket. */
export interface Edge extends AsyncDisposable {
  readonly url: string;
  /** Log lines as objects. */
  readonly lines: Record<string, unknown>[];
  close(): Promise<void>;
}

/** The batches of a plain text answer, one for each piece. */
export function textAnswer(...pieces: readonly string[]): EventBatch[] {
  const writer = createBlockWriter("DeepSeek-V3.2");
  const batches = pieces.map((piece) => {
    writer.write("text", piece);
    return writer.take();
  });
  writer.finish({ kind: "stop" }, { inputTokens: 3, outputTokens: pieces.length, estimated: false });
  return [...batches, writer.take()];
}

const defaultModels: readonly ModelInfo[] = [
  { id: "DeepSeek-V3.2", kind: "chat", name: "DeepSeek V3.2", contextLength: 128_000, temperature: 0.6 },
  { id: "meta-llama/Llama-3.3-70B", kind: "chat" },
  { id: "AkashGen", kind: "image" },
];

function now(): number {
  return 1_700_000_000_000;
}

/** Starts an edge. Everything else is the real thing: `env` are the gateway's settings. */
export async function startEdge(options: {
  readonly answer?: Answer;
  readonly models?: readonly ModelInfo[];
  readonly env?: Readonly<Record<string, string>>;
  readonly observers?: Observers;
}): Promise<Edge> {
  const { answer = () => textAnswer("Hello"), models = defaultModels } = options;
  const config = readConfig({ SERVER_ADDRESS: "127.0.0.1:0", SHUTDOWN_TIMEOUT_MS: "0", ...options.env });
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "trace", base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  const chat: ChatService = {
    complete: pushing(answer),
    admit: async () => undefined,
    countTokens: async () => 7,
    fits: async () => true,
    editContext: async (request) => ({ request, applied: [] }),
    listModels: async () => models.map((model) => listed(model)),
    listAliases: async () => [],
    async showModel(id, signal) {
      return listed(await chat.resolveModel(id, signal));
    },
    canSee: ({ id }) => id.includes("VL"),
    async resolveModel(id) {
      const model = models.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
      if (model === undefined) throw new GatewayError("model-not-found", `There is no model '${id}'.`);
      return listed(model);
    },
  };
  const secret = config.IMAGE_LINK_SECRET ?? "a secret of this test";
  const images = createImageService({
    config,
    secret,
    pictures: {
      defaultModel: "AkashGen",
      makeImage: () => {
        throw new GatewayError("internal", "no images here");
      },
      openImage: async () => {
        throw new GatewayError("not-found", "no images here");
      },
    },
  });
  const totals = createTotalsKeeper(1_700_000_000_000);
  let ids = 0;
  const newId: IdFactory = (prefix) => `${prefix}${(ids += 1)}`;
  const store = createMemoryStore(10);
  const summaries = createSealer(secret, "conversation summaries");
  const keys = createMemoryKeys();
  const limits = createMemoryLimits({ now, isRevoked: (id) => keys.isRevoked(id) });
  const server = await createServer(
    {
      config,
      chat,
      images,
      embeddings: createEmbeddingService({ chat, router: routerOf([]), countTokens: async () => 7 }),
      audio: createAudioService({ chat, router: routerOf([]), countTokens: async () => 7 }),
      responses: createResponseService({
        chat,
        store,
        conversations: createMemoryConversations({ capacity: 10, now }),
        startTimer: startRealTimer,
        summaries,
        newId,
        now,
        log,
      }),
      store,
      budget: () => undefined,
      allowances: async () => [],
      totals,
      allTotals: async () => totals.totals(),
      observers: options.observers ?? [],
      access: createAccess({
        token: config.BEARER_TOKEN,
        adminToken: config.ADMIN_TOKEN,
        keys,
        limits,
        newId: () => newId("hold_"),
        now,
      }),
      traces: createMemoryTraces(),
      ledger: createMemoryLedger({ days: 30, now }),
      keys: createKeyService({ keys, limits, randomBytes, newId, now }),
      metricsPage: undefined,
      upstreamStatus: () => [],
      tryUpstream: async () => {
        throw new GatewayError("not-found", "no upstreams here");
      },
      openElsewhere: async () => [],
      keptIn: "memory",
      consoleFolder: noPage,
      documentFile: builtDocument,
      referenceFolder: noPage,
      newId,
      now,
    },
    log,
  );
  const url = await server.app.listen({ host: "127.0.0.1", port: 0 });
  return { url, lines, close: () => server.close(), [Symbol.asyncDispose]: () => server.close() };
}
