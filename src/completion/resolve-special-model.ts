import { GatewayError, shorten } from "../errors.ts";
import { asksForAny } from "../model/any-model.ts";
import type { Leg, RoutedModel } from "../model/leg.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatService } from "./chat-service.ts";

/** Which models do something else than to write, and what they are called. */
export interface SpecialModels {
  readonly chat: Pick<ChatService, "listModels" | "resolveModel">;
  readonly kind: ModelInfo["kind"];
  /** Whether a leg may do it. */
  readonly suits: (leg: Leg) => boolean;
  /** One of them: "embedding model", with its article. */
  readonly noun: string;
  readonly article: "a" | "an";
  /** What one of another kind does not do: "gives no vectors". */
  readonly lacks: string;
}

/** What answers the request. */
export type SpecialRoute = Pick<RoutedModel, "id" | "legs">;

const mostShown = 10;

/**
 * The model behind a client's `model`, with the legs that may answer; without a name, and for `auto`, the first model of its kind in
 * the list. Throws kind `model-not-found` for an unknown id and `invalid-request` for one that is of another kind.
 */
export async function resolveSpecialModel(
  id: string,
  { chat, kind, suits, noun, article, lacks }: SpecialModels,
  signal: AbortSignal,
): Promise<SpecialRoute> {
  const toRoute = (model: RoutedModel): SpecialRoute => ({ id: model.id, legs: model.legs.filter(suits) });

  async function listRoutes(): Promise<readonly SpecialRoute[]> {
    const models = await chat.listModels(signal);
    return models
      .filter((model) => model.kind === kind)
      .map(toRoute)
      .filter(({ legs }) => legs.length > 0);
  }

  async function advise(): Promise<string> {
    const routes = await listRoutes().catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    if (routes.length === 0) return `No upstream of this gateway lists ${article} ${noun} now.`;
    const ids = routes.map((route) => route.id);
    const shown = ids.slice(0, mostShown).join(", ");
    return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}s: ${shown}${ids.length > mostShown ? ", …" : ""}.`;
  }

  if (id === "" || asksForAny(id)) {
    const [first] = await listRoutes();
    if (first !== undefined) return first;
    throw createError("invalid-request", `'model' must name ${article} ${noun}. ${await advise()}`);
  }
  try {
    const route = toRoute(await chat.resolveModel(id, signal));
    if (route.legs.length > 0) return route;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== "model-not-found") throw error;
    throw createError("model-not-found", `There is no model '${shorten(id)}'. ${await advise()}`, error);
  }
  throw createError("invalid-request", `The model '${shorten(id)}' ${lacks}. ${await advise()}`);
}

function createError(
  kind: "invalid-request" | "model-not-found",
  message: string,
  cause?: unknown,
): GatewayError {
  return new GatewayError(kind, message, { param: "model", shouldRetry: false, cause });
}
