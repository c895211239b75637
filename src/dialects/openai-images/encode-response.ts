import { rephrase, toGatewayError, type GatewayError } from "../../errors.ts";
import type { ImageEncoding, MissingPicture, Picture, PictureEvent } from "../../model/picture.ts";
import { encodeSseComment, encodeSseEvent } from "../../stream/sse.ts";
import {
  encodeOpenAiError,
  encodeOpenAiErrorObject,
  encodeRetryHeaders,
  type OpenAiErrorObject,
} from "../encode-openai-error.ts";

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
    data: pictures.map(encodeImage),
    ...(formats.size === 1 && format !== undefined ? { output_format: format } : {}),
    ...(missing.length === 0 ? {} : { missing: missing.map(encodeMissing) }),
  };
}

/**
 * One event of a stream. A picture is `image_generation.completed` as in the reference, its base64 on one line
 * (or `url` in its stead when links were asked for), with the revised prompt added. Progress is a comment,
 * since the reference's only event before that carries a picture, which the upstream doesn't have yet:
 * `: progress {"index":0,"status":"pending","queue_position":3,"elapsed_ms":1200}`. What is missing is the error event
 * of a stream, with `missing` inside of `error`, where SDKs keep it.
 */
export function encodeImageEvent(
  event: PictureEvent,
  createdAt: number,
  encoding: ImageEncoding | undefined,
): string {
  if (event.type === "progress") {
    const { index, status, queuePosition, elapsedMs } = event;
    const facts = { index, status, queue_position: queuePosition, elapsed_ms: elapsedMs };
    return encodeSseComment(`progress ${JSON.stringify(facts)}`);
  }
  if (event.type === "missing") return encodeMissingPictures(event.pictures);
  const type = "image_generation.completed";
  const wire = {
    type,
    ...encodeImage(event.picture),
    created_at: createdAt,
    background: "auto",
    output_format: toFormat(event.picture, encoding),
    quality: "auto",
    size: "auto",
  };
  return encodeSseEvent(type, JSON.stringify(wire));
}

/** The error frame of a stream that has begun; nothing may follow. */
export function encodeImageStreamError(error: GatewayError): string {
  return encodeErrorEvent(error, {});
}

function encodeMissingPictures(pictures: readonly MissingPicture[]): string {
  const [first] = pictures;
  const error = toGatewayError(first?.error);
  const words = pictures.length === 1 ? "1 picture is" : `${pictures.length} pictures are`;
  return encodeErrorEvent(rephrase(error, `${words} missing: ${error.message}`), {
    missing: pictures.map(encodeMissing),
  });
}

function encodeErrorEvent(error: GatewayError, details: object): string {
  const { body } = encodeOpenAiError(error);
  const object = { ...encodeOpenAiErrorObject(error), ...details };
  return encodeSseEvent("error", JSON.stringify(Object.assign({ type: "error" }, body, { error: object })));
}

function encodeMissing({ index, error: thrown }: MissingPicture): WireMissingPicture {
  const error = toGatewayError(thrown);
  const seconds = encodeRetryHeaders(error)["retry-after"];
  const retry = seconds === undefined ? {} : { retry_after: Number(seconds) };
  return { index, error: { ...encodeOpenAiErrorObject(error), ...retry } };
}

function encodeImage({ content, prompt }: Picture): WireImage {
  return content.kind === "link"
    ? { url: content.url, revised_prompt: prompt }
    : { b64_json: Buffer.from(content.bytes).toString("base64"), revised_prompt: prompt };
}

/** `webp`, `png` or `jpeg`; unknown for a link to a file as it comes. */
function toFormat({ content }: Picture, encoding: ImageEncoding | undefined): string | undefined {
  if (encoding !== undefined) return encoding.format;
  return content.kind === "bytes" ? content.mediaType.replace(/^image\//, "") : undefined;
}
