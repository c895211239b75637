import type { ChatService } from "../completion/chat-service.ts";
import { GatewayError, shorten } from "../errors.ts";
import { asksForAny } from "../model/any-model.ts";
import type { OfferedModel } from "../model/call-gate.ts";
import type { ImageService } from "./image-service.ts";

/** Who knows which model draws. */
export interface ImageModelSources {
  readonly chat: Pick<ChatService, "listModels" | "resolveModel">;
  readonly images: Pick<ImageService, "defaultModel">;
}

const mostShown = 10;

/**
 * The image model behind a client's `model`; without one, and for `auto`, the first image model that is offered now.
 * Throws kind `model-not-found` for an unknown id and `invalid-request` for one that only writes; both name
 * the models to use.
 */
export async function resolveImageModel(
  { chat, images }: ImageModelSources,
  id: string | undefined,
  signal: AbortSignal,
): Promise<OfferedModel> {
  /** The upstream draws also while its list doesn't show the model, or doesn't come. */
  async function listModels(): Promise<readonly OfferedModel[]> {
    const models = await chat.listModels(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    const listed = models.filter(({ kind, aliasOf }) => kind === "image" && aliasOf === undefined);
    if (listed.length > 0) return listed;
    return images.defaultModel === "" ? [] : [{ id: images.defaultModel, legs: [] }];
  }

  async function createError(kind: "invalid-request" | "model-not-found", words: string, cause?: unknown) {
    const ids = (await listModels()).map((model) => model.id);
    const shown = `${ids.slice(0, mostShown).join(", ")}${ids.length > mostShown ? ", …" : ""}`;
    const advice =
      ids.length === 0
        ? "No upstream of this gateway draws."
        : `Images are made by ${shown}: send that, or leave 'model' out. MODEL_ALIASES can map other names to it.`;
    return new GatewayError(kind, `${words} ${advice}`, { param: "model", shouldRetry: false, cause });
  }

  if (id === undefined || asksForAny(id)) {
    return (await listModels())[0] ?? { id: images.defaultModel, legs: [] };
  }
  const model = await chat.resolveModel(id, signal).catch(async (error: unknown) => {
    if (!(error instanceof GatewayError) || error.kind !== "model-not-found") throw error;
    throw await createError("model-not-found", `There is no model '${shorten(id)}'.`, error);
  });
  if (model.kind === "image") return model;
  throw await createError("invalid-request", `The model '${shorten(id)}' writes text and draws no images.`);
}
