import { jsonAnswer } from "./json-answer.ts";
import { offeredModels } from "./offered-models.ts";
import { smallTalk } from "./small-talk.ts";
import { toolAnswer } from "./tool-answer.ts";
import type { ChatBody, ScriptedReply } from "./types.ts";
import type { World } from "./world.ts";

const NO_PICTURE = /^(?:hi|hello|hey|thanks?|thank you|who are you|what (?:model|can you))\b/i;
const WISH_WORDS =
  /^(?:please |can you |could you )*(?:draw|paint|sketch|generate|create|make|show)?(?: me)?(?: an?| the)?(?: (?:image|picture|photo|drawing|painting))?(?: of)?:? */i;

/** The simulator's own deterministic little model: what it says when nothing is scripted. */
export function createBuiltInAnswer(body: ChatBody, world: World): ScriptedReply {
  const question = body.messages.findLast(({ role }) => role === "user")?.content ?? "";
  if (body.model === "AkashGen" && !NO_PICTURE.test(question.trim())) return imageReply(question);

  const text = toolAnswer(body) ?? jsonAnswer(body) ?? smallTalk(body);
  const thinks = offeredModels(world).find(({ id }) => id === body.model)?.reasoning === true;
  return {
    text,
    delayMs: world.pace,
    ...(thinks ? { reasoning: thoughtsAbout(question) } : {}),
  };
}

/** A prompt as the small model would rewrite it, and a short queue. */
function imageReply(question: string): ScriptedReply {
  const subject = question
    .trim()
    .replace(WISH_WORDS, "")
    .replace(/[.!?]+$/, "")
    .trim();
  const picture = subject === "" ? "colourful landscape" : subject.replace(/^an? /i, "");
  return {
    image: {
      prompt: `${/^[aeiou]/i.test(picture) ? "An" : "A"} ${picture}, soft natural light, fine detail, balanced composition`,
      negative: "blurry, low quality, deformed",
      statuses: ["waiting", "pending", "pending", "succeeded"],
    },
  };
}

/** What a reasoning model thinks before it answers. */
export function thoughtsAbout(question: string): string {
  const start = question.replaceAll(/\s+/g, " ").trim().slice(0, 80);
  return `The user writes: "${start}"\nI should answer that directly and keep it short.`;
}
