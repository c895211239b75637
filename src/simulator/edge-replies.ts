import { cdnPage } from "./cdn-page.ts";
import { modelRefused, usageRefused } from "./chat-checks.ts";
import { emptyReply, sessionRefused, type HttpReply, type Reply } from "./reply.ts";
import type { ScriptedEdgeError } from "./types.ts";
import type { World } from "./world.ts";

/** The reply that a scripted error stands for. */
export function edgeReply(error: ScriptedEdgeError, world: World): Reply {
  switch (error.kind) {
    case "refuse":
    case "hang":
    case "wire":
      return error;
    case "http":
      return httpReply(error);
    case "html":
      return cdnPage(error.status ?? 403);
    case "empty":
      return (error.status ?? 200) === 200 ? emptyStream() : emptyReply(error.status ?? 500);
    case "session":
      return sessionRefused();
    case "model":
      return modelRefused(
        "X",
        (error.available ?? world.models.map(({ id }) => id)).map((id) => ({ id })),
      );
    default:
      return usageRefused(error.resetAt === undefined ? world.now() + 3_600_000 : error.resetAt * 1000);
  }
}

function httpReply(error: Extract<ScriptedEdgeError, { kind: "http" }>): HttpReply {
  const { body = "" } = error;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const contentType = error.contentType ?? (typeof body === "string" ? "text/plain" : "application/json");
  return {
    kind: "http",
    status: error.status,
    headers: { "content-type": contentType, ...error.headers },
    body: text,
  };
}

function emptyStream(): HttpReply {
  return {
    kind: "http",
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8", "x-vercel-ai-data-stream": "v1" },
    body: "",
  };
}
