import type { ServerResponse } from "node:http";

import { appHeaders } from "./app-headers.ts";
import type { Pieces, Reply } from "./reply.ts";
import type { Generation } from "./types.ts";

/** Writes a reply; resolves with whether it was complete or the client went away before. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  options: { readonly generation: Generation; readonly path: string },
): Promise<"finished" | "client-left"> {
  const left = new Promise<"client-left">((resolve) => {
    response.once("close", () => resolve("client-left"));
    if (response.destroyed) resolve("client-left");
  });
  if (reply.kind === "hang") return await left;
  if (reply.kind === "refuse") {
    response.socket?.destroy();
    return "finished";
  }
  const headers = [
    ...(reply.bare === true ? [] : appHeaders(options.generation, options.path)),
    ...Object.entries(reply.headers),
  ];
  response.writeHead(reply.status, headers.flat());
  if (typeof reply.body === "string" || reply.body instanceof Uint8Array) {
    // Two steps, so that Node frames the body in chunks as the app does.
    if (reply.body.length > 0) response.write(reply.body);
    response.end();
    return await Promise.race([finished(response), left]);
  }
  return await pump(response, reply.body, left);
}

/** Writes piece by piece, waiting whenever the client is slow, until the end or until the client has gone. */
async function pump(
  response: ServerResponse,
  pieces: Pieces,
  left: Promise<"client-left">,
): Promise<"finished" | "client-left"> {
  while (true) {
    const next = await Promise.race([pieces.next(), left]);
    if (next === "client-left") {
      // Not awaited: the script may stand at a gate that opens later or never.
      void pieces.return("end");
      return next;
    }
    if (next.done === true) {
      if (next.value === "cut") {
        await flushed(response);
        response.socket?.destroy();
        return "finished";
      }
      response.end();
      return await Promise.race([finished(response), left]);
    }
    if (!response.write(next.value)) {
      const drained = new Promise<"drained">((resolve) => {
        response.once("drain", () => resolve("drained"));
      });
      if ((await Promise.race([drained, left])) === "client-left") {
        void pieces.return("end");
        return "client-left";
      }
    }
  }
}

function finished(response: ServerResponse): Promise<"finished"> {
  return new Promise((resolve) => {
    if (response.writableFinished) resolve("finished");
    else response.once("finish", () => resolve("finished"));
  });
}

/** What was written has been handed to the operating system. */
function flushed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.write("", () => resolve());
    if (response.writableLength === 0) setImmediate(resolve);
  });
}
