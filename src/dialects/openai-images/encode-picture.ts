import { toGatewayError } from "../../errors.ts";
import type { ImageEncoding, MissingPicture, Picture } from "../../model/picture.ts";
import { encodeOpenAiErrorObject, type OpenAiErrorObject } from "../encode-openai-error.ts";
import { encodeRetryHeaders } from "../encode-retry-headers.ts";

/** One entry of `data` in OpenAI's `ImagesResponse`. */
export interface WireImage {
  readonly url?: string;
  readonly b64_json?: string;
  readonly revised_prompt: string;
}

/** A picture that `data` lacks, not in OpenAI's reference; `index` counts those wished for from 0. */
export interface WireMissingPicture {
  readonly index: number;
  /** `retry_after` is in s, where it is known. */
  readonly error: OpenAiErrorObject & { readonly retry_after?: number };
}

/** Why a picture is missing, and when to try again. */
export function encodeMissing({ index, error: thrown }: MissingPicture): WireMissingPicture {
  const error = toGatewayError(thrown);
  const seconds = encodeRetryHeaders(error)["retry-after"];
  const retry = seconds === undefined ? {} : { retry_after: Number(seconds) };
  return { index, error: { ...encodeOpenAiErrorObject(error), ...retry } };
}

/** A picture as bytes or as a link, with the prompt that it was drawn from. */
export function encodePicture({ content, prompt }: Picture): WireImage {
  return content.kind === "link"
    ? { url: content.url, revised_prompt: prompt }
    : { b64_json: Buffer.from(content.bytes).toString("base64"), revised_prompt: prompt };
}

/** `webp`, `png` or `jpeg`; unknown for a link to a file as it comes. */
export function toFormat({ content }: Picture, encoding: ImageEncoding | undefined): string | undefined {
  if (encoding !== undefined) return encoding.format;
  return content.kind === "bytes" ? content.mediaType.replace(/^image\//, "") : undefined;
}
