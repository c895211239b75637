import type { ServerResponse } from "node:http";

import type { Pieces, Reply } from "./reply.ts";

/** Writes a reply with these headers before its own; resolves with whether it was complete or the client went away before. */
export async function writeReply(
  response: ServerResponse,
  reply: Reply,
  headers: readonly (readonly [string, string])[] = [],
): Promise<"finished" | "client-left"> {
  const left = closed(response);
  if (reply.kind === "hang") return await left;
  if (reply.kind === "refuse") {
    response.socket?.destroy();
    return "finished";
  }
  if (reply.kind === "reset") {
    response.socket?.resetAndDestroy();
    return "finished";
  }
  if (reply.kind === "wire") {
    response.socket?.write(reply.bytes);
    if (reply.open === true) return await left;
    response.socket?.destroySoon();
    return "finished";
  }
  response.writeHead(reply.status, [...headers, ...Object.entries(reply.headers)].flat());
  if (typeof reply.body === "string" || reply.body instanceof Uint8Array) {
    // Two steps, so that Node frames the body in chunks as the app does.
    if (reply.body.length > 0) response.write(reply.body);
    return await Promise.race([finished(response), left]);
  }
  const pieces = reply.body;
  const result = await Promise.race([pump(response, pieces), left]);
  if (result === "client-left") {
    // Not awaited: the script may stand at a gate that opens later or never.
    pieces.return("end").catch(ignore);
  }
  return result;
}

/** Writes piece by piece, waiting whenever the client is slow. */
async function pump(response: ServerResponse, pieces: Pieces): Promise<"finished" | "client-left"> {
  while (true) {
    const next = await pieces.next();
    if (response.destroyed) return "client-left";
    if (next.done !== true) {
      if (!writeChunk(response, next.value)) await drained(response);
    } else if (next.value === "end") {
      return await finished(response);
    } else {
      // What was written still goes out, but the last chunk never comes.
      if (next.value === "reset") resetSoon(response);
      else response.socket?.destroySoon();
      return "finished";
    }
  }
}

/** Resets the connection once the system has what was written, the head too when that is all. */
function resetSoon(response: ServerResponse): void {
  response.flushHeaders();
  const { socket } = response;
  socket?.write("", () => socket.resetAndDestroy());
}

/**
 * Writes a piece as an HTTP chunk of its own, as the app does; those of one turn still go out together. Node 26 would
 * make one chunk of them, and lose them when the connection is cut in the same turn, but not while the socket is corked.
 */
function writeChunk(response: ServerResponse, piece: string | Uint8Array): boolean {
  const { socket } = response;
  socket?.cork();
  process.nextTick(() => socket?.uncork());
  return response.write(piece);
}

/** Resolves when the reply is over in whatever way: Node closes it also after its last byte. */
function closed(response: ServerResponse): Promise<"finished" | "client-left"> {
  return new Promise((resolve) => {
    const settle = (): void => resolve(response.writableFinished ? "finished" : "client-left");
    if (response.destroyed) settle();
    else response.once("close", settle);
  });
}

/** Ends a reply; resolves when the last byte has been handed to the operating system. */
function finished(response: ServerResponse): Promise<"finished"> {
  return new Promise((resolve) => {
    response.end(() => resolve("finished"));
  });
}

/** Resolves when the client has caught up or gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off("drain", settle);
      response.off("close", settle);
      resolve();
    };
    response.once("drain", settle);
    response.once("close", settle);
  });
}

function ignore(): void {}
