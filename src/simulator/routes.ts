import { chatRoute } from "./chat-route.ts";
import { imageFileRoute, imageStatusRoute } from "./image-routes.ts";
import { allModelsRoute, modelsRoute } from "./model-routes.ts";
import { edgeReply } from "./edge-replies.ts";
import type { Call, HttpReply, Reply } from "./reply.ts";
import { refreshRoute, sessionRoute } from "./session-routes.ts";
import { authStatusRoute, healthRoute, rateLimitRoute, transcriptionRoute } from "./status-routes.ts";
import type { World } from "./world.ts";

interface Route {
  readonly allow: string;
  readonly answer: (call: Call, world: World) => Reply | Promise<Reply>;
  readonly onlyB?: boolean;
}

const GET = "GET, HEAD, OPTIONS";
const POST = "OPTIONS, POST";

const ROUTES: Readonly<Record<string, Route>> = {
  "/api/auth/session": { allow: GET, answer: sessionRoute },
  "/api/auth/session/refresh": { allow: POST, answer: refreshRoute },
  "/api/auth/status": { allow: GET, answer: authStatusRoute },
  "/api/chat": { allow: POST, answer: chatRoute },
  "/api/models": { allow: GET, answer: modelsRoute },
  "/api/models/all": { allow: GET, answer: allModelsRoute, onlyB: true },
  "/api/rate-limit/status": { allow: GET, answer: rateLimitRoute, onlyB: true },
  "/api/image-status": { allow: GET, answer: imageStatusRoute },
  "/api/health": { allow: GET, answer: healthRoute },
  "/api/transcription": { allow: GET, answer: transcriptionRoute },
};

const IMAGE_FILE: Route = { allow: GET, answer: imageFileRoute };

/** The reply to any request, by its path and method. */
export async function answerCall(call: Call, world: World): Promise<Reply> {
  const incident = world.takeIncident(call.path);
  await incident?.gate;
  if (incident?.error !== undefined) return edgeReply(incident.error, world);
  const redirect = redirectOf(call, world);
  if (redirect !== undefined) return redirect;
  const path = call.path.replace(/\/$/, "");
  const route = path.startsWith("/api/image/") ? IMAGE_FILE : ROUTES[path];
  if (route === undefined || (route.onlyB === true && world.generation === "A")) return notFound();
  if (call.method === "OPTIONS") {
    return { kind: "http", status: 204, headers: { allow: route.allow }, body: "" };
  }
  return await route.answer(call, world);
}

/** A wants a slash at the end of every path but those of files; B redirects only doubled slashes. */
function redirectOf(call: Call, world: World): HttpReply | undefined {
  const { path } = call;
  let target = path.replace(/\/{2,}/g, "/");
  if (world.generation === "A") {
    const isFile = /\.[^/]+\/?$/.test(target);
    target = isFile ? target.replace(/\/$/, "") : target.replace(/\/?$/, "/");
  }
  if (target === path) return undefined;
  const query = call.query.size > 0 ? `?${call.query.toString()}` : "";
  const location = target + query;
  return {
    kind: "http",
    status: 308,
    bare: true,
    headers: { location, Refresh: `0;url=${location}` },
    body: location,
  };
}

function notFound(): HttpReply {
  return {
    kind: "http",
    status: 404,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!DOCTYPE html><html><head><title>404: This page could not be found.</title></head><body><h1>404</h1></body></html>",
  };
}
