import type { ModelInfo } from "../../model/model-info.ts";
import type { CompatibleServer } from "./create-server.ts";
import { decodeProperties, decodeShow, type ModelDetails } from "./decode-details.ts";
import type { FetchedList } from "./fetch-list.ts";

/** Told of each model's details, as they come. */
export type OnDetails = (id: string, details: ModelDetails) => void;

/** A server with more models lists what somebody once downloaded. */
const mostModels = 100;
const mostAtOnce = 4;

/**
 * Asks for what the list does not say: `/props` of the model that is loaded, `/api/show` of each. What can't be had is left out: the
 * models are used without it. Throws only when the signal aborts.
 */
export async function fetchDetails(
  server: CompatibleServer,
  { rules, models }: FetchedList,
  onDetails: OnDetails,
  signal: AbortSignal,
): Promise<void> {
  const { properties, show } = rules.discovery;
  const chats = models.map(({ model }) => model).filter(({ kind }) => kind === "chat");
  if (properties !== undefined) await askProperties(server, properties, chats, onDetails, signal);
  if (show === undefined) return;
  const waiting = chats.slice(0, mostModels).values();
  async function work(path: string): Promise<void> {
    for (const { id } of waiting) {
      const details = decodeShow(await fetchOrNothing(server, path, signal, { model: id }));
      if (details !== undefined) onDetails(id, details);
    }
  }
  await Promise.all(Array.from({ length: mostAtOnce }, () => work(show)));
}

async function askProperties(
  server: CompatibleServer,
  path: string,
  models: readonly ModelInfo[],
  onDetails: OnDetails,
  signal: AbortSignal,
): Promise<void> {
  // Of several models nobody knows which one is meant.
  const loaded = models.length === 1 ? models[0] : undefined;
  if (loaded === undefined) return;
  const details = decodeProperties(await fetchOrNothing(server, path, signal));
  if (details !== undefined) onDetails(loaded.id, details);
}

async function fetchOrNothing(
  server: CompatibleServer,
  path: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<unknown> {
  try {
    return await server.fetchJson(path, signal, body);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
