import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

import { GatewayError } from "../../errors.ts";
import type { ReadableBody } from "./create-body.ts";

/** Each gets the first byte of what it shall decode. */
const decoders: ReadonlyMap<string, (first: number | undefined) => Transform> = new Map([
  ["gzip", () => createGunzip()],
  ["x-gzip", () => createGunzip()],
  ["br", () => createBrotliDecompress()],
  // Servers disagree on whether deflate has zlib's header, whose first byte says method 8.
  ["deflate", (first = 0) => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

/** Nobody has a reason for more than one. */
const mostCodings = 3;

/**
 * Takes content codings off a body while it comes. None are asked for, but proxies send them all the same. `undefined`:
 * there is nothing to take off. `title` names the upstream in
 * messages. Reads throw kind `upstream-protocol` for unknown codings and for bytes that don't
 * decode, and `upstream-truncated` for an end that comes too early. Source: RFC 9110, section 8.4.
 */
export function decodeContent(
  body: ReadableBody,
  contentEncoding: string,
  title: string,
): ReadableBody | undefined {
  const codings = contentEncoding
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length === 0) return undefined;
  const unknown = codings.find((coding) => !decoders.has(coding));
  if (unknown !== undefined || codings.length > mostCodings) {
    return refuseReading(body, unknown ?? codings.join(", "), title);
  }
  // The last coding was applied last.
  return codings.reduceRight((coded, coding) => decodeBody(coded, coding, title), body);
}

function refuseReading(body: ReadableBody, coding: string, title: string): ReadableBody {
  return {
    async read() {
      body.discard();
      throw new GatewayError(
        "upstream-protocol",
        `${title}'s reply is encoded as ${JSON.stringify(coding.slice(0, 40))}, which this gateway does not read and did not ask for. A proxy between them may be the reason.`,
      );
    },
    discard: () => body.discard(),
  };
}

function decodeBody(body: ReadableBody, coding: string, title: string): ReadableBody {
  let decoder: Transform | undefined;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  function end(): void {
    ended = true;
    wake?.();
  }

  function fail(error: unknown): void {
    failure ??= { error };
    wake?.();
  }

  function start(first: number | undefined): Transform | undefined {
    const created = decoders.get(coding)?.(first);
    created?.on("readable", () => wake?.());
    created?.on("error", (cause) => fail(toDecodingError(cause, coding, title)));
    created?.on("end", () => {
      // What comes behind the end of the coded bytes is nobody's.
      body.discard();
      end();
    });
    return created;
  }

  /** Resolves when the decoder has taken the pieces, and has given out all that it makes of it. */
  async function feed(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      decoder ??= start(piece[0]);
      await new Promise<void>((resolve) => decoder?.write(piece, () => resolve()));
    }
  }

  return {
    async read(take) {
      body
        .read(feed)
        // A body without a byte is empty, whatever it is called.
        .then(() => (decoder === undefined ? end() : decoder.end()), fail);
      for (;;) {
        // The decoder stops by itself where nobody takes what it gives: a small body never becomes a large one at once.
        const piece: unknown = decoder?.read();
        if (piece instanceof Uint8Array) {
          await take([piece]);
          continue;
        }
        if (ended) return;
        if (failure !== undefined) throw failure.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    discard() {
      body.discard();
      decoder?.destroy();
      end();
    },
  };
}

function toDecodingError(cause: unknown, coding: string, title: string): GatewayError {
  if (cause instanceof GatewayError) return cause;
  if (cause instanceof Error && "code" in cause && cause.code === "Z_BUF_ERROR") {
    return new GatewayError("upstream-truncated", `${title}'s reply broke off before its end.`, { cause });
  }
  return new GatewayError("upstream-protocol", `${title}'s reply is not what it says to be: ${coding}.`, {
    cause,
  });
}
