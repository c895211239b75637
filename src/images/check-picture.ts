import { GatewayError } from "../errors.ts";
import { detectPictureFormat, headLength, tailLength, type PictureFormat } from "../model/picture-format.ts";
import { gatherHead } from "../stream/gather-head.ts";
import type { ImageFile } from "../upstreams/upstream.ts";
import type { ImageBytes, LinkedImage } from "./image-service.ts";

const advice = "Have the picture made again.";

/**
 * A whole file as the picture that its bytes are. Throws kind `upstream-protocol` when they are none, or only the
 * beginning of one.
 */
export function checkPicture(bytes: Uint8Array): ImageBytes {
  const format = detectOrThrow(bytes.subarray(0, headLength));
  if (bytes.byteLength < (format.length ?? 0) || !format.ends(bytes.subarray(-tailLength))) {
    throw createCutError();
  }
  return { mediaType: format.mediaType, bytes };
}

/**
 * Looks at the first bytes of a file and passes it on as the picture that they begin; the rest is streamed. Rejects
 * as `checkPicture` throws, and lets go of the file then. When it ends too soon, so does the body, with an error:
 * whoever passes it on must break the connection, since the beginning is sent by then.
 */
export async function openPicture(file: ImageFile): Promise<LinkedImage> {
  const pieces = gatherHead(file.body, headLength);
  try {
    const first = (await pieces.next()).value ?? new Uint8Array();
    const format = detectOrThrow(first);
    if (file.contentLength !== undefined && file.contentLength < (format.length ?? 0)) throw createCutError();
    return {
      status: 200,
      mediaType: format.mediaType,
      etag: undefined,
      contentLength: format.length ?? file.contentLength,
      body: readToEnd(first, pieces, format),
    };
  } catch (error) {
    await pieces.return();
    throw error;
  }
}

/**
 * Gives each piece when the next has come, so that the last one stays out where the picture is not whole. Where the
 * format tells its length, nothing behind that is waited for.
 */
async function* readToEnd(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
  format: PictureFormat,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = (format.length ?? Infinity) - first.byteLength;
  let held = first;
  let tail = first.subarray(-tailLength);
  try {
    while (left > 0) {
      const { value: piece } = await rest.next();
      if (piece === undefined) break;
      yield held;
      left -= piece.byteLength;
      held = piece;
      tail = Buffer.concat([tail, held.subarray(-tailLength)]).subarray(-tailLength);
    }
    if (format.length === undefined ? !format.ends(tail) : left > 0) throw createCutError();
    // What stands behind the picture is none of it.
    yield left < 0 ? held.subarray(0, left) : held;
  } finally {
    // The file may go on behind the picture, and nobody may read on.
    await rest.return();
  }
}

function detectOrThrow(head: Uint8Array): PictureFormat {
  if (head.byteLength === 0) {
    throw new GatewayError("upstream-protocol", `The upstream's file of this picture is empty. ${advice}`);
  }
  const format = detectPictureFormat(head);
  if (format !== undefined) return format;
  throw new GatewayError(
    "upstream-protocol",
    `What the upstream gave as this picture is none: no webp, png, jpeg, gif, avif, heif or bmp. ${advice}`,
  );
}

function createCutError(): GatewayError {
  return new GatewayError(
    "upstream-protocol",
    `The upstream's file of this picture ends before the picture does. ${advice}`,
  );
}
