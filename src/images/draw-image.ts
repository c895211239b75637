import { GatewayError } from "../errors.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { ImageEvent, ImageRequest } from "../upstreams/upstream.ts";
import type { ImageService } from "./image-service.ts";

/** An order to draw in so many words, as against a mere description of a picture. */
const orderPattern =
  /^\s*(?:(?:please|can you|could you|i want you to)[,\s]+)?(?:generate|create|make|draw|paint|render|produce|sketch|illustrate)\b[^.!?\n]{0,40}?\b(?:image|picture|photo|photograph|painting|drawing|illustration|portrait|logo|poster|sketch|icon|wallpaper)s?\b/i;

/**
 * Words a wish so that the upstream's small model, which only sometimes sees that a picture is wanted, draws:
 * a mere description is put behind an order.
 */
export function toImageOrder(prompt: string): string {
  return orderPattern.test(prompt) ? prompt : `Generate an image: ${prompt}`;
}

/** The same with more emphasis, for a second try after the model has answered with text. */
function toUrgentImageOrder(prompt: string): string {
  return (
    "Call the image generation tool now. Do not answer with text, do not ask back; " +
    `generate an image of exactly what this describes: ${prompt}`
  );
}

/**
 * Makes one image of a description. When the upstream answers with text, the order is repeated once in
 * stronger words; if that is declined too, throws kind `image-declined` with the upstream's text.
 */
export async function* drawImage(
  images: Pick<ImageService, "generate">,
  request: Omit<ImageRequest, "turns"> & {
    readonly prompt: string;
    readonly watch?: CallWatch | undefined;
  },
  signal: AbortSignal,
): AsyncIterable<ImageEvent> {
  const { prompt, watch, ...rest } = request;
  const toRequest = (text: string): ImageRequest => ({ ...rest, turns: [{ role: "user", text }] });
  try {
    yield* images.generate(toRequest(toImageOrder(prompt)), signal, watch);
    return;
  } catch (error) {
    // A text answer is the first and only thing that its attempt gives, so nothing was yielded yet.
    if (!(error instanceof GatewayError) || error.kind !== "image-declined") throw error;
  }
  watch?.repair("declined-picture");
  yield* images.generate(toRequest(toUrgentImageOrder(prompt)), signal, watch);
}
