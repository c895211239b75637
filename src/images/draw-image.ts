import { GatewayError } from "../errors.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { ImageEvent, ImageRequest } from "../upstreams/upstream.ts";
import type { ImageService } from "./image-service.ts";

/**
 * Makes one image of a description. When the upstream answers with text, the order is repeated once in
 * stronger words; if that is declined too, throws kind `image-declined` with the upstream's text.
 */
export async function* drawImage(
  images: Pick<ImageService, "generate">,
  request: Omit<ImageRequest, "turns" | "order"> & {
    readonly prompt: string;
    readonly watch?: CallWatch | undefined;
  },
  signal: AbortSignal,
): AsyncIterable<ImageEvent> {
  const { prompt, watch, ...rest } = request;
  const wish = { ...rest, turns: [{ role: "user", text: prompt }] } as const;
  try {
    yield* images.generate({ ...wish, order: "usual" }, signal, watch);
    return;
  } catch (error) {
    // A text answer is the first and only thing that its attempt gives, so nothing was yielded yet.
    if (!(error instanceof GatewayError) || error.kind !== "image-declined") throw error;
  }
  watch?.repair("declined-picture");
  yield* images.generate({ ...wish, order: "urgent" }, signal, watch);
}
