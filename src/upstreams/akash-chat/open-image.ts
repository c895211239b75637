import { GatewayError } from "../../errors.ts";
import { iterate } from "../../stream/iterate.ts";
import type { ImageFile } from "../upstream.ts";
import type { AkashClient } from "./client.ts";
import { decodeError, readRefusal } from "./decode-error.ts";
import type { Reply } from "../http/exchange.ts";
import { isImageName } from "./image-name.ts";

/** Opens a file of the upstream's image route. Only plain file names are asked for. */
export async function openImage(
  client: AkashClient,
  request: {
    readonly name: string;
    readonly ifNoneMatch: string | undefined;
    readonly token: string | undefined;
    readonly now: number;
  },
  signal: AbortSignal,
): Promise<ImageFile> {
  if (!isImageName(request.name)) throw createNotFoundError();
  const reply = await client.send(
    {
      method: "GET",
      path: `/api/image/${encodeURIComponent(request.name)}`,
      headers: request.ifNoneMatch === undefined ? {} : { "if-none-match": request.ifNoneMatch },
      token: request.token,
      patience: "short",
    },
    signal,
  );
  if (reply.status === 404) {
    reply.discard();
    throw createNotFoundError();
  }
  if (reply.status !== 200 && reply.status !== 304) {
    throw decodeError(await readRefusal(reply), { now: request.now });
  }
  const length = Number(reply.header("content-length") ?? Number.NaN);
  return {
    status: reply.status,
    etag: reply.header("etag"),
    contentLength: Number.isSafeInteger(length) ? length : undefined,
    body: readBody(reply),
  };
}

async function* readBody(reply: Reply): AsyncGenerator<Uint8Array, void, undefined> {
  const reads = iterate<readonly Uint8Array[]>(
    (take) => reply.read(take),
    () => reply.discard(),
  );
  for await (const pieces of reads) yield* pieces;
}

function createNotFoundError(): GatewayError {
  return new GatewayError("not-found", "There is no such image.");
}
