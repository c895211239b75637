import { randomBytes } from "node:crypto";

import { isStreamError, recut, streamAnswer, type OnUsage } from "./answer-stream.ts";
import { createBuiltInAnswer } from "./built-in-answer.ts";
import { modelRefused, parseChatBody, parseChatObject, requestError, usageRefused } from "./chat-checks.ts";
import { edgeReply } from "./edge-replies.ts";
import { createFrameEncoder } from "./frames.ts";
import { IMAGE_USAGE, imageAnswer } from "./image-answer.ts";
import { lengthRefusal } from "./length-check.ts";
import { offeredModels } from "./offered-models.ts";
import {
  emptyReply,
  jsonReply,
  sessionRefused,
  type Call,
  type HttpReply,
  type Pieces,
  type Reply,
} from "./reply.ts";
import { isAuthorized } from "./session-routes.ts";
import { estimateTokens } from "./split-text.ts";
import type { ChatBody, ScriptedReply } from "./types.ts";
import { usageAddress } from "./usage-limit.ts";
import type { World } from "./world.ts";

/** POST /api/chat: the app's checks in its order, then a scripted or a built-in answer. */
export async function chatRoute(call: Call, world: World): Promise<Reply> {
  if (call.method !== "POST") return emptyReply(405);
  const object = call.body === undefined ? undefined : parseChatObject(decode(call.body));
  const body = object === undefined ? undefined : parseChatBody(object);

  // A CDN, a proxy or a broken app answers before anything is looked at.
  const edge = world.takeEdgeError(body);
  if (edge?.error !== undefined) {
    await edge.gate;
    return edgeReply(edge.error, world);
  }

  if (!isAuthorized(call, world)) return sessionRefused();
  const address = usageAddress(call.headers["cf-connecting-ip"], call.clientAddress);
  const { usage } = world;
  const limited = world.generation === "B" && world.accessToken === undefined;
  if (limited && usage.usedBy(address) >= usage.limit) {
    return usageRefused(usage.resetAt(address));
  }
  if (object === undefined) return emptyReply(500);
  const available = offeredModels(world);
  if (world.generation === "B" && !available.some(({ id }) => id === object["model"])) {
    return modelRefused(object["model"], available);
  }
  if (body === undefined) return emptyReply(500);
  const model = available.find(({ id }) => id === body.model) ?? world.models[0];
  const tooLong = await lengthRefusal(body, model?.tokenLimit ?? 128_000);
  if (tooLong !== undefined) return tooLong;
  return answer(body, world, (counted) => {
    usage.add(address, counted, model?.multiplier ?? 1);
  });
}

async function answer(body: ChatBody, world: World, onUsage: OnUsage): Promise<Reply> {
  const refusal = requestError(body, world);
  if (refusal !== undefined) {
    if (body.model === "AkashGen" && world.generation === "B") return imageFailed(refusal);
    return textReply({ error: { kind: "three", message: refusal } }, body, world, onUsage);
  }
  const script = world.takeReply(body) ?? createBuiltInAnswer(body, world);
  const { error } = script;
  if (error !== undefined && !isStreamError(error)) {
    await script.gate;
    return error.kind === "image" ? imageFailed(error.message) : edgeReply(error, world);
  }
  if (script.image !== undefined) {
    onUsage(IMAGE_USAGE);
    return framed(script, imageAnswer(script.image, world, script.gate), STREAM_HEADERS);
  }
  return textReply(script, body, world, onUsage);
}

const STREAM_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "x-vercel-ai-data-stream": "v1",
};

function textReply(script: ScriptedReply, body: ChatBody, world: World, onUsage: OnUsage): Reply {
  const encoder = createFrameEncoder(script.protocol ?? world.protocol, `msg-${messageId()}`);
  const error = script.error !== undefined && isStreamError(script.error) ? script.error : undefined;
  const pieces =
    script.raw === undefined
      ? streamAnswer(script, error, { encoder, promptTokens: promptTokens(body), onUsage })
      : rawBody(script, script.raw);
  return framed(script, pieces, encoder.headers);
}

function framed(script: ScriptedReply, pieces: Pieces, headers: Readonly<Record<string, string>>): HttpReply {
  return {
    kind: "http",
    status: script.head?.status ?? 200,
    headers: script.head?.headers ?? headers,
    body: script.chunkBytes === undefined ? pieces : recut(pieces, script.chunkBytes),
  };
}

async function* rawBody(script: ScriptedReply, raw: Uint8Array | string): Pieces {
  await script.gate;
  yield raw;
  return script.error?.kind === "cut" ? "cut" : "end";
}

function imageFailed(message: string): HttpReply {
  return jsonReply(500, { error: "Error generating image", message });
}

function promptTokens(body: ChatBody): number {
  const characters = body.messages.reduce((sum, { content }) => sum + content.length, 0);
  return estimateTokens(characters + (body.system ?? "").length);
}

function messageId(): string {
  return randomBytes(24).toString("base64url").replace(/[-_]/g, "x").slice(0, 24);
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
