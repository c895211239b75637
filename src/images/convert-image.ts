import { createRequire } from "node:module";
import type sharpLibrary from "sharp";
import type { Sharp } from "sharp";
import { GatewayError } from "../errors.ts";
import type { ImageEncoding } from "../model/picture.ts";
import type { ImageBytes } from "./image-service.ts";

/** Pictures larger than this are refused before they are decoded: 40 megapixels are 160 MB of memory. */
const pixelLimit = 40_000_000;

/** Loads the conversion library; a parameter so that tests can show what happens where it is missing. */
export type SharpLoader = () => Promise<typeof sharpLibrary>;

const load = createRequire(import.meta.url);
// Its other build imports JSON as a module, of which Node 20.18 warns.
const loadSharp: SharpLoader = async (): Promise<typeof sharpLibrary> => load("sharp");

/**
 * Converts a picture. Without an encoding, or when it already has the wanted format and no quality is asked
 * for, the bytes are given back as they are. Animated pictures become their first frame unless kept as they are.
 * Throws kind `unsupported` where the library can't run, `upstream-protocol` when the bytes are no picture.
 */
export async function convertImage(
  image: ImageBytes,
  encoding: ImageEncoding | undefined,
  load: SharpLoader = loadSharp,
): Promise<ImageBytes> {
  if (encoding === undefined || isEncodedAs(image, encoding)) return image;
  const sharp = await loadOrRefuse(load, encoding);
  try {
    const decoded = sharp(image.bytes, { limitInputPixels: pixelLimit });
    const options = encoding.quality === undefined ? {} : { quality: encoding.quality };
    const bytes = await encoders[encoding.format](decoded, options).toBuffer();
    return { mediaType: `image/${encoding.format}`, bytes };
  } catch (error) {
    throw new GatewayError(
      "upstream-protocol",
      "The upstream's file could not be read as a picture, so it could not be converted.",
      { cause: error },
    );
  }
}

function isEncodedAs(image: ImageBytes, encoding: ImageEncoding): boolean {
  return encoding.quality === undefined && image.mediaType === `image/${encoding.format}`;
}

const encoders = {
  png: (image) => image.png(),
  // jpeg has no transparency: without this, clear parts would become black.
  jpeg: (image, options) => image.flatten({ background: "white" }).jpeg(options),
  webp: (image, options) => image.webp(options),
} satisfies Record<ImageEncoding["format"], (image: Sharp, options: { quality?: number }) => Sharp>;

async function loadOrRefuse(load: SharpLoader, encoding: ImageEncoding) {
  try {
    return await load();
  } catch (error) {
    throw new GatewayError(
      "unsupported",
      `This gateway can't make ${encoding.format}: its image library (sharp) could not be loaded here. ` +
        "Leave output_format and output_compression out to get webp.",
      { param: "output_format", cause: error },
    );
  }
}
