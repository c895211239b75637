import { isStreamError } from "./answer-stream.ts";
import { createPathQueue, createScriptQueue } from "./script-queue.ts";
import type { ChatBody, ScriptedIncident, ScriptedReply } from "./types.ts";

/** The scripted replies that wait for their requests, first in, first out. */
export interface ReplyQueue {
  /** Returns what takes the reply out again. */
  add(reply: ScriptedReply): () => void;
  addAt(path: string, incident: ScriptedIncident): void;
  clear(): void;
  /** Takes the next reply for a chat request if it is one that comes before the app looks at anything. */
  takeEdgeError(body: ChatBody | undefined): ScriptedIncident | undefined;
  /** Takes what happens next on a path. */
  takeIncident(path: string): ScriptedIncident | undefined;
  /** Takes the next reply for a request. */
  takeReply(body: ChatBody): ScriptedReply | undefined;
}

/** Makes an empty queue; when no reply of it suits a request, `script` may give one. */
export function createReplyQueue(script?: (body: ChatBody) => ScriptedReply | undefined): ReplyQueue {
  const replies = createScriptQueue<ChatBody | undefined, ScriptedReply>(suits, script);
  const incidents = createPathQueue<ScriptedIncident>();
  return {
    add: (reply) => replies.add(reply),
    addAt: (path, incident) => incidents.add(path, incident),
    clear() {
      replies.clear();
      incidents.clear();
    },
    takeEdgeError(body) {
      const { error, gate } = replies.peek(body) ?? {};
      if (error === undefined || isStreamError(error) || error.kind === "image") return undefined;
      replies.take(body);
      return { error, ...(gate === undefined ? {} : { gate }) };
    },
    takeIncident: (path) => incidents.take(path),
    takeReply: (body) => replies.take(body),
  };
}

/** Conditions need a proper body, and images an image model. */
function suits({ when, image }: ScriptedReply, body: ChatBody | undefined): boolean {
  if (image !== undefined && body?.model !== "AkashGen") return false;
  return when === undefined || (body !== undefined && when(body));
}
