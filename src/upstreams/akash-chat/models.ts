import { GatewayError } from "../../errors.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { AkashClient } from "./client.ts";
import { decodeError, isSessionRefusal, readRefusal } from "./decode-error.ts";
import { decodeModels, type ModelList } from "./decode-models.ts";
import type { Reply } from "./exchange.ts";
import type { AkashChatOptions } from "./options.ts";
import type { Session } from "./session.ts";
import { createSingleFlight } from "./single-flight.ts";

/** The models that the upstream offers. */
export interface Models {
  /** The list, at most `MODELS_CACHE_MS` old; a stale one rather than none. */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** What is known of a model without asking. */
  peek(id: string): ModelInfo | undefined;
  /** The upstream did not know a model of the list: the next `list` asks anew. */
  forget(): void;
}

/** How long a guessed or stale list is good for. */
const tentativeMs = 15_000;

/** Creates the cached list of models. */
export function createModels(client: AkashClient, session: Session, options: AkashChatOptions): Models {
  const { config, log, now } = options;
  let known: readonly ModelInfo[] | undefined;
  let freshUntil = 0;

  function keep(list: ModelList): readonly ModelInfo[] {
    known = list.models;
    freshUntil =
      now() + (list.tentative ? Math.min(tentativeMs, config.MODELS_CACHE_MS) : config.MODELS_CACHE_MS);
    return known;
  }

  async function refresh(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    try {
      const list = await fetchModels(client, session, { signal, now: now() });
      if (list !== undefined) return keep(list);
      if (known === undefined) {
        const all = await fetchAllModels(client, session, signal);
        if (all !== undefined) return keep({ ...all, tentative: true });
      }
    } catch (error) {
      if (known === undefined || signal.aborted) throw error;
      log.warn({ err: error }, "the list of models could not be renewed; the last one stays in use");
    }
    if (known === undefined) {
      throw new GatewayError(
        "overloaded",
        "Akash Chat lists no models at the moment: its back end does not answer. Try again later.",
      );
    }
    freshUntil = now() + Math.min(tentativeMs, config.MODELS_CACHE_MS);
    return known;
  }

  const shared = createSingleFlight(refresh);

  return {
    async list(signal) {
      return known !== undefined && now() < freshUntil ? known : shared(signal);
    },
    peek: (id) => known?.find((model) => model.id === id),
    forget() {
      freshUntil = 0;
    },
  };
}

/** Asks for the list; older instances want a session for it. `undefined`: the upstream has none. */
export async function fetchModels(
  client: AkashClient,
  session: Session,
  context: { readonly signal: AbortSignal; readonly now: number },
): Promise<ModelList | undefined> {
  const request = { method: "GET", path: "/api/models/", patience: "short" } as const;
  let reply = await client.send({ ...request, token: session.current }, context.signal);
  if (reply.status !== 200) {
    const refusal = await readRefusal(reply);
    if (!isSessionRefusal(refusal)) throw decodeError(refusal, { now: context.now });
    reply = await session.send(request, context.signal);
  }
  return decodeModels(await readJson(reply));
}

/** The list for all accounts, which works when the usual one is empty. `undefined`: this instance has none. */
async function fetchAllModels(
  client: AkashClient,
  session: Session,
  signal: AbortSignal,
): Promise<ModelList | undefined> {
  const reply = await client.send(
    { method: "GET", path: "/api/models/all/", patience: "short", token: session.current },
    signal,
  );
  if (reply.status !== 200) {
    reply.discard();
    return undefined;
  }
  return decodeModels(await readJson(reply));
}

async function readJson(reply: Reply): Promise<unknown> {
  const text = await reply.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError(
      "upstream-protocol",
      /^\s*</.test(text)
        ? "A web page came in place of Akash Chat's list of models, probably from the network in front of it."
        : "Akash Chat's list of models cannot be read.",
      { cause },
    );
  }
}
