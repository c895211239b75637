import { type CatalogueModel, encodeCodexCatalogue } from "../dialects/openai-responses/index.ts";
import { GatewayError } from "../errors.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { RouteDependencies } from "./route-dependencies.ts";

/**
 * Codex' catalogue of the chat models that are offered and of all aliases that stand for one; patterns have no name to
 * list. An alias of a model that is away is left out. Rejects when the signal is aborted.
 */
export async function listCatalogue(
  { chat, config }: Pick<RouteDependencies, "chat" | "config">,
  offered: readonly ModelInfo[],
  signal: AbortSignal,
): Promise<readonly Record<string, unknown>[]> {
  const bySlug = new Map(offered.map((model) => [model.id, model]));
  for (const { from } of config.MODEL_ALIASES) {
    if (from.includes("*") || bySlug.has(from)) continue;
    const model = await resolveOrNothing(chat, from, signal);
    if (model !== undefined) bySlug.set(from, model);
  }
  const entries = [...bySlug].flatMap(([slug, model]): CatalogueModel[] =>
    model.kind === "chat" ? [{ slug, model, canSee: chat.canSee(model) }] : [],
  );
  return encodeCodexCatalogue(entries);
}

async function resolveOrNothing(
  chat: RouteDependencies["chat"],
  id: string,
  signal: AbortSignal,
): Promise<ModelInfo | undefined> {
  try {
    return await chat.resolveModel(id, signal);
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "model-not-found") return undefined;
    throw error;
  }
}
