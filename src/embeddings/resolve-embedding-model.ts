import type { ChatService } from "../completion/chat-service.ts";
import { GatewayError, shorten } from "../errors.ts";
import { asksForAny } from "../model/any-model.ts";
import type { Leg, RoutedModel } from "../model/leg.ts";

/** Who knows which models give vectors. */
export interface EmbeddingModelSources {
  readonly chat: Pick<ChatService, "listModels" | "resolveModel">;
  /** Whether a leg may give vectors. */
  readonly hasVectors: (leg: Leg) => boolean;
}

/** What answers a request for vectors. */
export type EmbeddingRoute = Pick<RoutedModel, "id" | "legs">;

const mostShown = 10;

/**
 * The model behind a client's `model`, with the legs that may give vectors; without a name, and for `auto`, the first embedding model of
 * the list. Throws kind `model-not-found` for an unknown id and `invalid-request` for one that gives none.
 */
export async function resolveEmbeddingModel(
  id: string,
  { chat, hasVectors }: EmbeddingModelSources,
  signal: AbortSignal,
): Promise<EmbeddingRoute> {
  const toRoute = (model: RoutedModel): EmbeddingRoute => ({
    id: model.id,
    legs: model.legs.filter(hasVectors),
  });

  async function listRoutes(): Promise<readonly EmbeddingRoute[]> {
    const models = await chat.listModels(signal);
    return models
      .filter(({ kind }) => kind === "embedding")
      .map(toRoute)
      .filter(({ legs }) => legs.length > 0);
  }

  async function advise(): Promise<string> {
    const routes = await listRoutes().catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    if (routes.length === 0) return "No upstream of this gateway lists an embedding model now.";
    const ids = routes.map((route) => route.id);
    return `Embedding models: ${ids.slice(0, mostShown).join(", ")}${ids.length > mostShown ? ", …" : ""}.`;
  }

  if (id === "" || asksForAny(id)) {
    const [first] = await listRoutes();
    if (first !== undefined) return first;
    throw createError("invalid-request", `'model' must name an embedding model. ${await advise()}`);
  }
  try {
    const route = toRoute(await chat.resolveModel(id, signal));
    if (route.legs.length > 0) return route;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== "model-not-found") throw error;
    throw createError("model-not-found", `There is no model '${shorten(id)}'. ${await advise()}`, error);
  }
  throw createError("invalid-request", `The model '${shorten(id)}' gives no vectors. ${await advise()}`);
}

function createError(
  kind: "invalid-request" | "model-not-found",
  message: string,
  cause?: unknown,
): GatewayError {
  return new GatewayError(kind, message, { param: "model", shouldRetry: false, cause });
}
