import type { ServerResponse } from "node:http";

import { appHeaders } from "./app-headers.ts";
import type { Reply } from "./reply.ts";
import type { Generation } from "./types.ts";
import { writeReply } from "./write-reply.ts";

/** Writes a reply as the app does; resolves with whether it was complete or the client went away before. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  options: { readonly generation: Generation; readonly path: string },
): Promise<"finished" | "client-left"> {
  const bare = reply.kind === "http" && reply.bare === true;
  return await writeReply(response, reply, bare ? [] : appHeaders(options.generation, options.path));
}
