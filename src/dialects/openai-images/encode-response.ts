import type { ImageEncoding, MissingPicture, Picture } from "../../model/picture.ts";
import {
  encodeMissing,
  encodePicture,
  toFormat,
  type WireImage,
  type WireMissingPicture,
} from "./encode-picture.ts";

/** OpenAI's `ImagesResponse`. Size, quality and usage are left out: the upstream doesn't tell them. */
export interface WireImagesResponse {
  /** Unix time in s. */
  readonly created: number;
  readonly data: readonly WireImage[];
  readonly output_format?: string;
  readonly missing?: readonly WireMissingPicture[];
}

/** The whole answer: what was drawn, and what is missing. `createdAt` is Unix time in s. */
export function encodeResponse(
  {
    pictures,
    missing,
  }: { readonly pictures: readonly Picture[]; readonly missing: readonly MissingPicture[] },
  createdAt: number,
  encoding: ImageEncoding | undefined,
): WireImagesResponse {
  const formats = new Set(pictures.map((picture) => toFormat(picture, encoding)));
  const [format] = formats;
  return {
    created: createdAt,
    data: pictures.map(encodePicture),
    ...(formats.size === 1 && format !== undefined ? { output_format: format } : {}),
    ...(missing.length === 0 ? {} : { missing: missing.map(encodeMissing) }),
  };
}
