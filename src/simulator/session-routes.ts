import { createHash } from "node:crypto";

import { emptyReply, jsonReply, type Call, type HttpReply } from "./reply.ts";
import { sessionTokenOf } from "./session-store.ts";
import type { World } from "./world.ts";

const SITES = ["same-origin", "same-site", "none"];
const MODES = ["navigate", "cors", "no-cors"];

/** The only session of an instance that can't remember any. */
const SHARED_SESSION = "validated";
const SHARED_SESSION_SECONDS = 86_400;

/** Whether chat and A's model list are open to the caller. */
export function isAuthorized(call: Call, world: World): boolean {
  return world.instance !== "full" || hasSession(call, world);
}

function hasSession(call: Call, world: World): boolean {
  const token = sessionTokenOf(call.headers.cookie);
  return world.instance === "standalone" ? token === SHARED_SESSION : world.sessions.timeLeft(token) > 0;
}

/** GET /api/auth/session: hands out a session. */
export function sessionRoute(call: Call, world: World): HttpReply {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  const refusal = clientRefusal(call);
  if (refusal !== undefined) return jsonReply(403, { error: `Invalid request - ${refusal}` });
  const denied = accessRefusal(call, world);
  if (denied !== undefined) return denied;
  // B keeps a valid session, even one that is about to end.
  if (world.generation === "B" && hasSession(call, world)) {
    return jsonReply(200, { success: true });
  }
  return jsonReply(200, { success: true }, { "set-cookie": newCookie(world) });
}

/** POST /api/auth/session/refresh: a new session when the old has at most a fifth of its time left. */
export function refreshRoute(call: Call, world: World): HttpReply {
  if (call.method !== "POST") return emptyReply(405);
  if (clientRefusal(call) !== undefined) return jsonReply(403, { error: "Invalid request" });
  // B asks for the access token only where sessions are made.
  const denied = world.generation === "A" ? accessRefusal(call, world) : undefined;
  if (denied !== undefined) return denied;
  const token = sessionTokenOf(call.headers.cookie);
  if (token === undefined || token === "") {
    return jsonReply(401, { error: "No session token found" });
  }
  if (world.instance === "standalone") return jsonReply(200, { success: true });
  if (!world.sessions.mayRefresh(token)) {
    return jsonReply(429, { error: "Too many refresh attempts. Please try again later." });
  }
  const left = world.sessions.timeLeft(token);
  const renew = left <= world.sessions.seconds * 1000 * 0.2;
  return jsonReply(200, { success: true }, renew ? { "set-cookie": newCookie(world) } : {});
}

function clientRefusal(call: Call): string | undefined {
  if ((call.headers["user-agent"] ?? "") === "") return "no user agent";
  const site = call.headers["sec-fetch-site"];
  if (site !== undefined && !SITES.includes(site)) return "invalid fetch site";
  const mode = call.headers["sec-fetch-mode"];
  if (mode !== undefined && !MODES.includes(mode)) return "invalid fetch mode";
  return undefined;
}

/** A wants the SHA-256 of the access token, B the token itself. */
function accessRefusal(call: Call, world: World): HttpReply | undefined {
  if (world.accessToken === undefined) return undefined;
  const [scheme, given] = (call.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || given === undefined) {
    return jsonReply(403, {
      error: "Access token required",
      message: "This application requires an access token to continue",
    });
  }
  const expected =
    world.generation === "A"
      ? createHash("sha256").update(world.accessToken).digest("hex")
      : world.accessToken;
  if (given === expected) return undefined;
  return jsonReply(403, {
    error: "Invalid Access token",
    message: "The provided access token is invalid",
  });
}

function newCookie(world: World): string {
  const shared = world.instance === "standalone";
  const seconds = shared ? SHARED_SESSION_SECONDS : world.sessions.seconds;
  const token = shared ? SHARED_SESSION : world.sessions.issue();
  const expires = new Date(world.now() + seconds * 1000).toUTCString();
  return `session_token=${token}; Path=/; Expires=${expires}; Max-Age=${seconds}; Secure; HttpOnly; SameSite=strict; Partitioned`;
}
