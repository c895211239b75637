import { createRequestLog } from "../request-log.ts";
import { createPathQueue, createScriptQueue } from "../script-queue.ts";
import { serveHttp } from "../serve-http.ts";
import type { RecordedRequest } from "../types.ts";
import { writeReply } from "../write-reply.ts";
import { leakedMarkup } from "./leaked-markup.ts";
import type { Persona } from "./persona.ts";
import { personas } from "./personas/index.ts";
import { answerRequest } from "./routes.ts";
import type { CompatibleScript, CompatibleSimulator, CompatibleSimulatorOptions } from "./types.ts";
import type { CompatibleWorld } from "./world.ts";

/** Starts a server that speaks OpenAI's API as a persona does; resolves when it listens. Rejects when the port is taken. */
export async function startCompatibleSimulator(
  options: CompatibleSimulatorOptions,
): Promise<CompatibleSimulator> {
  const persona = personas[options.persona];
  const log = createRequestLog(`${persona.base}/chat/completions`);
  const queue = createScriptQueue<RecordedRequest, CompatibleScript>(
    (script, request) => suits(script, request, persona),
    options.script,
  );
  const byPath = createPathQueue<CompatibleScript>();
  const world = createWorld(options, persona, {
    takeInstead(request) {
      const other = byPath.take(request.path);
      if (other !== undefined) return other;
      const next = queue.peek(request);
      return next === undefined || next.kind === "answer" ? undefined : queue.take(request);
    },
    takeAnswer(request) {
      const next = queue.take(request);
      return next?.kind === "answer" ? next : undefined;
    },
  });
  let finishLoading: (() => void) | undefined;
  function setReady(ready: boolean): void {
    finishLoading?.();
    world.loading = undefined;
    if (ready) return;
    world.loading = new Promise((resolve) => {
      finishLoading = resolve;
    });
  }
  setReady(options.loading !== true);

  const headers = Object.entries(persona.headers);
  const { origin, close } = await serveHttp({
    port: options.port,
    host: options.host,
    log,
    answer: (request, record) => answerRequest(request, record, world),
    send: (response, reply) =>
      writeReply(response, reply, reply.kind === "http" && reply.bare === true ? [] : headers),
  });
  return {
    persona: persona.name,
    url: origin,
    baseUrl: origin + persona.base,
    enqueue: (script) => queue.add(script),
    enqueueAt: (path, script) => byPath.add(path, script),
    clear() {
      queue.clear();
      byPath.clear();
    },
    requests: log.requests,
    get chats() {
      return log.chats();
    },
    setModels(models) {
      world.models = models;
    },
    setReady,
    waitForChat: (index) => log.wait(`${persona.base}/chat/completions`, index, "POST"),
    waitForRequest: (path, index = 0) => log.wait(path, index),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createWorld(
  options: CompatibleSimulatorOptions,
  persona: Persona,
  scripts: Pick<CompatibleWorld, "takeInstead" | "takeAnswer">,
): CompatibleWorld {
  const { leak = "hermes" } = options;
  return {
    persona,
    tools: options.tools ?? "native",
    leak: typeof leak === "string" ? leakedMarkup[leak] : leak,
    apiKey: options.apiKey,
    pace: options.pace ?? 0,
    now: options.now ?? Date.now,
    models: options.models ?? persona.models,
    loading: undefined,
    answers: 0,
    ...scripts,
  };
}

/** Scripts wait for work, and answers for what can be answered in words. */
function suits({ kind, when }: CompatibleScript, request: RecordedRequest, { base }: Persona): boolean {
  if (request.method !== "POST" || !request.path.startsWith(`${base}/`)) return false;
  const route = request.path.slice(base.length);
  const speaks = ["/chat/completions", "/completions"].includes(route);
  const works =
    speaks || ["/embeddings", "/images/generations"].includes(route) || route.startsWith("/audio/");
  return (kind === "answer" ? speaks : works) && (when === undefined || when(request));
}
