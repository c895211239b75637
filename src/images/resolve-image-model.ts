import type { ChatService } from "../completion/chat-service.ts";
import { GatewayError, shorten } from "../errors.ts";
import { asksForAny } from "../model/any-model.ts";
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
): Promise<string> {
  /** The upstream draws also while its list doesn't show the model, or doesn't come. */
  async function listIds(): Promise<readonly string[]> {
    const models = await chat.listModels(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    });
    const listed = models.filter(({ kind, aliasOf }) => kind === "image" && aliasOf === undefined);
    return listed.length > 0 ? listed.map((model) => model.id) : [images.defaultModel].filter(Boolean);
  }

  async function createError(kind: "invalid-request" | "model-not-found", words: string, cause?: unknown) {
    const ids = await listIds();
    const shown = `${ids.slice(0, mostShown).join(", ")}${ids.length > mostShown ? ", …" : ""}`;
    const advice =
      ids.length === 0
        ? "No upstream of this gateway draws."
        : `Images are made by ${shown}: send that, or leave 'model' out. MODEL_ALIASES can map other names to it.`;
    return new GatewayError(kind, `${words} ${advice}`, { param: "model", shouldRetry: false, cause });
  }

  if (id === undefined || asksForAny(id)) return (await listIds())[0] ?? images.defaultModel;
  const model = await chat.resolveModel(id, signal).catch(async (error: unknown) => {
    if (!(error instanceof GatewayError) || error.kind !== "model-not-found") throw error;
    throw await createError("model-not-found", `There is no model '${shorten(id)}'.`, error);
  });
  if (model.kind === "image") return model.id;
  throw await createError("invalid-request", `The model '${shorten(id)}' writes text and draws no images.`);
}
