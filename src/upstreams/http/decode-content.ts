import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

import { GatewayError } from "../../errors.ts";

/** The bytes of a reply's body as they come. */
export interface ReadableBody {
  /** What has arrived since the last read; waits if nothing has. `undefined` at the end. */
  read(): Promise<readonly Uint8Array[] | undefined>;
  /** Nothing more is wanted. */
  discard(): void;
}

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
  /** The next piece of the body is on its way into the decoder. */
  let feeding = false;
  let exhausted = false;
  let ended = false;
  let failure: unknown;
  let wake: (() => void) | undefined;

  function fail(error: unknown): void {
    failure ??= error;
    wake?.();
  }

  function start(first: number | undefined): Transform | undefined {
    const created = decoders.get(coding)?.(first);
    created?.on("readable", () => wake?.());
    created?.on("error", (cause) => fail(toDecodingError(cause, coding, title)));
    created?.on("end", () => {
      ended = true;
      // What comes behind the end of the coded bytes is nobody's.
      if (!exhausted) body.discard();
      wake?.();
    });
    return created;
  }

  /** Resolves when the decoder has taken what came, and has given out all that it makes of it. */
  async function feed(): Promise<void> {
    const chunks = await body.read();
    for (const chunk of chunks ?? []) {
      if (chunk.length === 0) continue;
      decoder ??= start(chunk[0]);
      await new Promise<void>((resolve) => decoder?.write(chunk, () => resolve()));
    }
    if (chunks !== undefined) return;
    exhausted = true;
    // A body without a byte is empty, whatever it is called.
    if (decoder === undefined) ended = true;
    else decoder.end();
  }

  return {
    async read() {
      for (;;) {
        // The decoder stops by itself where nobody takes what it gives: a small body never becomes a large one at once.
        const piece: unknown = decoder?.read();
        if (piece instanceof Uint8Array) return [piece];
        if (ended) return undefined;
        if (failure !== undefined) throw failure;
        if (!feeding && !exhausted) {
          feeding = true;
          void feed()
            .catch(fail)
            .finally(() => {
              feeding = false;
              wake?.();
            });
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    discard() {
      ended = true;
      body.discard();
      decoder?.destroy();
      wake?.();
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
