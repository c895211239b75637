import { randomBytes } from "node:crypto";

import { isStreamError, recut, streamAnswer } from "./answer-stream.ts";
import { createBuiltInAnswer } from "./built-in-answer.ts";
import {
  messagesError,
  modelRefused,
  parameterError,
  parseChatBody,
  parseChatObject,
  usageRefused,
} from "./chat-checks.ts";
import { edgeReply } from "./edge-replies.ts";
import { createFrameEncoder } from "./frames.ts";
import { imageAnswer } from "./image-answer.ts";
import {
  emptyReply,
  jsonReply,
  sessionRefused,
  type Call,
  type HttpReply,
  type Pieces,
  type Reply,
} from "./reply.ts";
import { sessionLeft } from "./session-routes.ts";
import type { ChatBody, ScriptedReply } from "./types.ts";
import { usageAddress } from "./usage-limit.ts";
import type { World } from "./world.ts";

/** POST /api/chat: the app's checks in its order, then a scripted or a built-in answer. */
export function chatRoute(call: Call, world: World): Reply {
  if (call.method !== "POST") return emptyReply(405);
  const object = call.body === undefined ? undefined : parseChatObject(decode(call.body));
  const body = object === undefined ? undefined : parseChatBody(object);

  // A CDN, a proxy or a broken app answers before anything is looked at.
  const edge = world.takeReply(body, ({ error }) => !isStreamError(error) && error?.kind !== "image");
  if (edge?.error !== undefined && !isStreamError(edge.error)) return edgeReply(edge.error, world);

  if (sessionLeft(call, world) === 0) return sessionRefused();
  const address = usageAddress(headerText(call, "x-forwarded-for"), call.clientAddress);
  const { usage } = world;
  if (world.generation === "B" && usage.usedBy(address) >= usage.limit) {
    return usageRefused(usage.resetAt(address));
  }
  if (object === undefined) return emptyReply(500);
  const available = world.models.filter((model) => model.available !== false);
  if (world.generation === "B" && !available.some(({ id }) => id === object["model"])) {
    return modelRefused(object["model"], available);
  }
  if (body === undefined) return emptyReply(500);
  return answer(body, world, (tokens) => usage.add(address, tokens));
}

function answer(body: ChatBody, world: World, onUsage: (tokens: number) => void): Reply {
  const refusal = parameterError(body, world) ?? messagesError(body);
  if (refusal !== undefined) {
    if (body.model === "AkashGen" && world.generation === "B") return imageFailed(refusal);
    return textReply({ error: { kind: "three", message: refusal } }, body, world, onUsage);
  }
  const script = world.takeReply(body, () => true) ?? createBuiltInAnswer(body, world);
  if (script.error?.kind === "image") return imageFailed(script.error.message);
  if (script.image !== undefined) {
    return framed(script, imageAnswer(script.image, world), STREAM_HEADERS);
  }
  return textReply(script, body, world, onUsage);
}

const STREAM_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "x-vercel-ai-data-stream": "v1",
};

function textReply(
  script: ScriptedReply,
  body: ChatBody,
  world: World,
  onUsage: (tokens: number) => void,
): Reply {
  const encoder = createFrameEncoder(script.protocol ?? world.protocol, `msg-${messageId()}`);
  const { error } = script;
  if (!isStreamError(error)) return edgeReply(error, world);
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
  return Math.ceil((characters + (body.system ?? "").length) / 4);
}

function messageId(): string {
  return randomBytes(24).toString("base64url").replace(/[-_]/g, "x").slice(0, 24);
}

function headerText(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
