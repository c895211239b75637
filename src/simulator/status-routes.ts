import { emptyReply, jsonReply, type Call, type HttpReply } from "./reply.ts";
import { usageAddress } from "./usage-limit.ts";
import type { World } from "./world.ts";

/** GET /api/auth/status. */
export function authStatusRoute(_call: Call, world: World): HttpReply {
  const required = world.accessToken !== undefined;
  return jsonReply(200, {
    requiresAccessToken: required,
    ...(world.generation === "B" ? { authEnabled: world.instance === "full" } : {}),
    message: required
      ? "This application requires an access token to continue"
      : "No access token required for this application",
  });
}

/** GET /api/health: A is never healthy, as none of its models is marked available. */
export function healthRoute(_call: Call, world: World): HttpReply {
  const available = world.generation === "A" ? 0 : world.models.length;
  const up = world.models.length > 0;
  const healthy = up && available > 0;
  return jsonReply(healthy ? 200 : 500, {
    status: healthy ? "healthy" : "unhealthy",
    timestamp: new Date(world.now()).toISOString(),
    services: {
      chat_api: { status: up, configured: true },
      image_api: { status: true, configured: true },
      models: { available, total: world.rows.length, status: available > 0 },
      speech_to_text: { status: false, configured: false, servers: 0, endpoints: [] },
    },
  });
}

/** From this share of what is left, in percent, the app warns of a long conversation. */
const LONG_CONVERSATION = 30;

/** GET /api/rate-limit/status (B). */
export function rateLimitRoute(call: Call, world: World): HttpReply {
  const address = usageAddress(call.headers["cf-connecting-ip"], call.clientAddress);
  const { usage } = world;
  const unlimited = world.accessToken !== undefined;
  const used = unlimited ? 0 : usage.usedBy(address);
  const remaining = Math.max(0, usage.limit - used);
  const percentage = Math.round((used / usage.limit) * 100);
  const lastPrompt = unlimited ? 0 : usage.lastPromptOf(address);
  const conversation = Math.min(100, Math.round((lastPrompt / Math.max(1, remaining)) * 100));
  return jsonReply(200, {
    usagePercentage: percentage,
    remainingPercentage: Math.max(0, 100 - percentage),
    resetTime: new Date(unlimited ? world.now() + 86_400_000 : usage.resetAt(address)).toISOString(),
    blocked: used >= usage.limit,
    authenticated: unlimited,
    conversationTokenPercentage: conversation,
    showConversationWarning: conversation >= LONG_CONVERSATION,
  });
}

/** GET /api/transcription with no speech server configured. */
export function transcriptionRoute(_call: Call, world: World): HttpReply {
  return world.generation === "A"
    ? emptyReply(500)
    : jsonReply(503, { error: "No transcription endpoints configured" });
}
