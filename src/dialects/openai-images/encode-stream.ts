import { rephrase, toGatewayError, type GatewayError } from "../../errors.ts";
import type { ImageEncoding, MissingPicture, PictureEvent } from "../../model/picture.ts";
import { encodeSseComment, encodeSseEvent } from "../../stream/sse.ts";
import type { StreamEncoder } from "../dialect.ts";
import { encodeOpenAiError, encodeOpenAiErrorObject } from "../encode-openai-error.ts";
import { encodeMissing, encodePicture, toFormat } from "./encode-picture.ts";

/**
 * One event of a stream. A picture is `image_generation.completed` as in the reference, its base64 on one line
 * (or `url` in its stead when links were asked for), with the revised prompt added. Progress is a comment,
 * since the reference's only event before that carries a picture, which the upstream doesn't have yet:
 * `: progress {"index":0,"status":"pending","queue_position":3,"elapsed_ms":1200}`. What is missing is the error event
 * of a stream, with `missing` inside of `error`, where SDKs keep it.
 */
function encodeEvent(event: PictureEvent, createdAt: number, encoding: ImageEncoding | undefined): string {
  if (event.type === "progress") {
    const { index, status, queuePosition, elapsedMs } = event;
    const facts = { index, status, queue_position: queuePosition, elapsed_ms: elapsedMs };
    return encodeSseComment(`progress ${JSON.stringify(facts)}`);
  }
  if (event.type === "missing") return encodeMissingPictures(event.pictures);
  const type = "image_generation.completed";
  const wire = {
    type,
    ...encodePicture(event.picture),
    created_at: createdAt,
    background: "auto",
    output_format: toFormat(event.picture, encoding),
    quality: "auto",
    size: "auto",
  };
  return encodeSseEvent(type, JSON.stringify(wire));
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

/** Creates the encoder of a stream of pictures. `now` is in ms since the epoch: each picture has a time of its own. */
export function createStreamEncoder(
  encoding: ImageEncoding | undefined,
  now: () => number,
): StreamEncoder<PictureEvent> {
  return {
    push: (event) => encodeEvent(event, Math.floor(now() / 1000), encoding),
    heartbeat: () => encodeSseComment(""),
    fail: (error) => encodeErrorEvent(error, {}),
  };
}
