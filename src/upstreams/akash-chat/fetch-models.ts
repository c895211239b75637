import { GatewayError } from "../../errors.ts";
import type { AkashClient } from "./client.ts";
import { decodeError, isSessionRefusal, readRefusal } from "./decode-error.ts";
import { decodeModels, type ModelList } from "./decode-models.ts";
import type { Reply } from "../http/exchange.ts";
import type { Session } from "./session.ts";

/** With whom the lists are fetched. */
export interface FetchModelsOptions {
  readonly client: AkashClient;
  readonly session: Session;
  readonly now: () => number;
}

/** The error of an upstream that lists nothing. */
export function createNoModelsError(cause?: unknown): GatewayError {
  return new GatewayError(
    "overloaded",
    "Akash Chat lists no models at the moment: its back end does not answer. Try again later.",
    { cause },
  );
}

/** Asks for the list; older instances want a session for it. `undefined`: the upstream has none. */
export async function fetchModels(
  { client, session, now }: FetchModelsOptions,
  signal: AbortSignal,
): Promise<ModelList | undefined> {
  const request = { method: "GET", path: "/api/models/", patience: "short" } as const;
  let reply = await client.send({ ...request, token: session.current }, signal);
  if (reply.status !== 200) {
    const refusal = await readRefusal(reply);
    if (!isSessionRefusal(refusal)) {
      const error = decodeError(refusal, { now: now() });
      // An empty 500 refuses the form of a chat. Here there is nothing to refuse: nobody answered behind the route.
      throw error.kind === "invalid-request" ? createNoModelsError(error) : error;
    }
    reply = await session.send(request, signal);
  }
  return decodeModels(await readJson(reply));
}

/**
 * Asks for the list, and where it names no chat model for the list of all accounts: its database answers also while
 * the back end does not. `undefined`: the upstream has neither.
 */
export async function fetchAnyModels(
  options: FetchModelsOptions,
  signal: AbortSignal,
): Promise<ModelList | undefined> {
  const list = await fetchModels(options, signal);
  if (list !== undefined && list.quality !== "no-chat") return list;
  const all = await fetchAllModels(options, signal);
  if (all === undefined) return list;
  // What it lists need not answer now.
  return all.quality === "good" ? { ...all, quality: "guess" } : all;
}

async function fetchAllModels(
  { client, session }: FetchModelsOptions,
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
