import type { ChatService } from "../completion/chat-service.ts";
import { GatewayError, shorten } from "../errors.ts";
import { asksForAny } from "../model/any-model.ts";
import type { ImageService } from "./image-service.ts";

/** Who knows which model draws. */
export interface ImageModelSources {
  readonly chat: Pick<ChatService, "listModels" | "resolveModel">;
  readonly images: Pick<ImageService, "defaultModel">;
}

/**
 * The upstream's image model behind a client's `model`; without one, and for `auto`, the image model that is offered now.
 * Throws kind `model-not-found` for an unknown id and `invalid-request` for one that only writes; both name
 * the model to use.
 */
export async function resolveImageModel(
  { chat, images }: ImageModelSources,
  id: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (id === undefined || asksForAny(id)) {
    const models = await chat.listModels(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    // The upstream draws also while its list doesn't show the model, or doesn't come.
    return models.find((model) => model.kind === "image")?.id ?? images.defaultModel;
  }
  const advice = `Images are made by ${images.defaultModel}: send that, or leave 'model' out. MODEL_ALIASES can map other names to it.`;
  const model = await chat.resolveModel(id, signal).catch((error: unknown) => {
    if (!(error instanceof GatewayError) || error.kind !== "model-not-found") throw error;
    throw new GatewayError("model-not-found", `There is no model '${shorten(id)}'. ${advice}`, {
      param: "model",
      shouldRetry: false,
      cause: error,
    });
  });
  if (model.kind === "image") return model.id;
  throw new GatewayError(
    "invalid-request",
    `The model '${shorten(id)}' writes text and draws no images. ${advice}`,
    {
      param: "model",
      shouldRetry: false,
    },
  );
}
