import type { ChatBody, ScriptedReply } from "./types.ts";
import type { World } from "./world.ts";

/** The simulator's own deterministic little model: what it says when nothing is scripted. */
export function createBuiltInAnswer(body: ChatBody, world: World): ScriptedReply {
  const last = body.messages.at(-1)?.content ?? "";
  if (body.model === "AkashGen") return { image: { prompt: `A ${last}` } };
  return { text: `You said: ${last}`, delayMs: world.pace };
}
