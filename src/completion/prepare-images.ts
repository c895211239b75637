import { GatewayError } from "../errors.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest, ImagePart } from "../model/request.ts";
import { hasImages, hasUserImages, mapImages, refuseImages, replaceToolImages } from "./check-vision.ts";

/** What preparing the images of a request takes. */
export interface PrepareImagesOptions {
  readonly model: ModelInfo;
  readonly canSee: (model: ModelInfo) => boolean;
  /** For the error that names the models that can. */
  readonly listModels: () => Promise<readonly ModelInfo[]>;
  readonly fetchImage: (url: string) => Promise<ImagePart>;
}

/** More would be a way to make the gateway fetch for others. */
const mostRemoteImages = 16;

/**
 * Makes the images of a request such that the upstream takes them: inline. Throws `unsupported` when the user shows
 * images to a model that can't see, `invalid-request` when one can't be fetched.
 */
export async function prepareImages(
  request: ChatRequest,
  options: PrepareImagesOptions,
): Promise<ChatRequest> {
  if (!hasImages(request)) return request;
  const { model, canSee } = options;
  if (!canSee(model)) {
    if (hasUserImages(request)) throw refuseImages(model, await options.listModels(), canSee);
    return replaceToolImages(request);
  }
  // Counted before the first is fetched: none should be for a request that is refused.
  if (new Set(remoteImages(request)).size > mostRemoteImages) {
    throw new GatewayError(
      "invalid-request",
      `At most ${mostRemoteImages} images are fetched for a request.`,
      { param: "messages", shouldRetry: false },
    );
  }
  const fetched = new Map<string, Promise<ImagePart>>();
  return mapImages(request, async (image) => {
    if (image.source.kind === "data") return image;
    const { url } = image.source;
    const known = fetched.get(url) ?? options.fetchImage(url);
    fetched.set(url, known);
    return known;
  });
}

/** The addresses of all images that would have to be fetched. */
function* remoteImages(request: ChatRequest): Generator<string, void, undefined> {
  for (const message of request.messages) {
    if (message.role !== "user" && message.role !== "tool") continue;
    for (const part of message.parts) {
      for (const inner of part.type === "tool-result" ? part.content : [part]) {
        if (inner.type === "image" && inner.source.kind === "url") yield inner.source.url;
      }
    }
  }
}
