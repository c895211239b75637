import { isStreamError } from "./answer-stream.ts";
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
  const replies: ScriptedReply[] = [];
  const incidents = new Map<string, ScriptedIncident[]>();
  const take = (index: number): ScriptedReply | undefined => replies.splice(index, 1)[0];
  const scripted = new WeakMap<ChatBody, ScriptedReply | undefined>();

  /** Asks the script once for each request, although a request comes to both functions below. */
  function ask(body: ChatBody | undefined): ScriptedReply | undefined {
    if (body === undefined || script === undefined) return undefined;
    if (!scripted.has(body)) scripted.set(body, script(body));
    return scripted.get(body);
  }

  return {
    add(reply) {
      // Of its own, even if the same reply is queued twice.
      const queued = { ...reply };
      replies.push(queued);
      return () => {
        const index = replies.indexOf(queued);
        if (index !== -1) take(index);
      };
    },
    addAt(path, incident) {
      const key = withoutSlash(path);
      incidents.set(key, [...(incidents.get(key) ?? []), incident]);
    },
    clear() {
      replies.length = 0;
      incidents.clear();
    },
    takeEdgeError(body) {
      const index = replies.findIndex((reply) => suits(reply, body));
      const { error, gate } = (index === -1 ? ask(body) : replies[index]) ?? {};
      if (error === undefined || isStreamError(error) || error.kind === "image") return undefined;
      if (index !== -1) take(index);
      return { error, ...(gate === undefined ? {} : { gate }) };
    },
    takeIncident: (path) => incidents.get(withoutSlash(path))?.shift(),
    takeReply(body) {
      const index = replies.findIndex((reply) => suits(reply, body));
      return index === -1 ? ask(body) : take(index);
    },
  };
}

/** Conditions need a proper body, and images an image model. */
function suits({ when, image }: ScriptedReply, body: ChatBody | undefined): boolean {
  if (image !== undefined && body?.model !== "AkashGen") return false;
  return when === undefined || (body !== undefined && when(body));
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}
