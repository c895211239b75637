import { GatewayError } from "../errors.ts";
import { detectPictureFormat, headLength } from "../model/picture-format.ts";
import type { ImagePart } from "../model/request.ts";
import { parseDataUrl } from "./data-url.ts";

/** Base64 of so many bytes as the beginning of a picture has, and no character too many. */
const headCharacters = Math.ceil(headLength / 3) * 4;
const base64Text = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Reads `images`: bare base64, as Ollama has it, or a data URL. What it is, its first bytes say. Throws kind `invalid-request` that
 * names the place; `param` is that of the list.
 */
export function parseOllamaImages(images: readonly string[] | undefined, param: string): ImagePart[] {
  return (images ?? []).map((image, at): ImagePart => {
    const inline = parseDataUrl(image);
    // Some clients break lines.
    const base64 = (inline === undefined ? image : inline.isBase64 ? inline.data : "").replace(/\s+/g, "");
    const head = base64Text.test(base64) ? Buffer.from(base64.slice(0, headCharacters), "base64") : undefined;
    const format = head && detectPictureFormat(head);
    if (format === undefined) {
      const place = `${param}[${at}]`;
      throw new GatewayError(
        "invalid-request",
        `'${place}' is no picture: expected base64 of a PNG, JPEG, WebP, GIF, AVIF, HEIC or BMP file.`,
        { param: place },
      );
    }
    return { type: "image", source: { kind: "data", mediaType: format.mediaType, base64 } };
  });
}
