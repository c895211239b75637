import type { Reply } from "../reply.ts";
import type { RecordedRequest } from "../types.ts";
import { admitChat, countPrompt, limitOf, windowOf } from "./admit-chat.ts";
import { think, type Answer } from "./brain.ts";
import { toOutcome, type Outcome, type Part } from "./outcome.ts";
import type { JsonObject, Persona } from "./persona.ts";
import { readChat, type ChatRequest } from "./read-chat.ts";
import { eventStream, refuse } from "./replies.ts";
import { streamAnswer } from "./stream-answer.ts";
import type { AnswerScript, CompatibleModel } from "./types.ts";
import { toMessage, wholeAnswer } from "./whole-answer.ts";
import { toolsOf, type CompatibleWorld } from "./world.ts";

/** POST …/chat/completions: the server's checks, then a scripted or a built-in answer. */
export async function chatRoute(
  body: JsonObject,
  request: RecordedRequest,
  world: CompatibleWorld,
): Promise<Reply> {
  const { persona } = world;
  const { wording } = persona;
  const read = readChat(body);
  if (read === undefined) return refuse(persona, wording.badJson());
  const model = world.models.find((one) => persona.isMeant(one, read.model));
  if (model === undefined) return refuse(persona, wording.unknownModel(read.model));
  const tools = toolsOf(world, model);
  const limit = limitOf(body, persona);
  const chat = admitChat(read, { persona, model, tools, limit });
  if ("status" in chat) return refuse(persona, chat);

  const script = world.takeAnswer(request);
  await script?.gate;
  const answer =
    script === undefined ? think(chat, { persona, model, tools, leak: world.leak }) : toAnswer(script);
  world.answers += 1;
  const outcome = toOutcome(answer, {
    persona,
    chat,
    count: world.answers,
    promptTokens: Math.min(windowOf(model), countPrompt(chat, tools)),
    limit: script === undefined ? limit : undefined,
    script,
  });
  return await reply(outcome, chat, model, world);
}

/** What a script says. */
export function toAnswer({ reasoning, text = "", calls = [] }: AnswerScript): Answer {
  return { reasoning, text, calls };
}

async function reply(
  outcome: Outcome,
  chat: ChatRequest,
  model: CompatibleModel,
  world: CompatibleWorld,
): Promise<Reply> {
  const { persona } = world;
  const n = persona.request.n === "kept" ? Math.max(1, chat.n) : 1;
  const envelope = {
    id: persona.reply.answerId(world.answers),
    object: chat.stream ? "chat.completion.chunk" : "chat.completion",
    created: Math.floor(world.now() / 1000),
    model: chat.model === "" ? model.id : chat.model,
  };
  const headers = persona.answerHeaders(world.answers);
  if (chat.stream) {
    const pieces = streamAnswer(outcome, {
      persona,
      envelope,
      choice: (index, fields, finish, first) => ({
        index,
        delta: persona.reply.delta(fields, first),
        ...persona.reply.choice,
        finish_reason: finish,
      }),
      fields: (part) => fieldsOf(part, persona),
      opening: persona.reply.opening,
      closing: persona.reply.closing,
      n,
      tellUsage: chat.includeUsage || persona.reply.usage === "always",
      pace: world.pace,
    });
    return { kind: "http", status: 200, headers: { ...eventStream, ...headers }, body: pieces };
  }
  const choices = Array.from({ length: n }, (_, index) => ({
    index,
    message: toMessage(outcome.parts, persona),
    ...persona.reply.choice,
    finish_reason: outcome.finish,
  }));
  return await wholeAnswer(outcome, { ...envelope, choices }, persona, headers);
}

function fieldsOf(part: Part, { reply: habits }: Persona): JsonObject {
  if (part.kind === "call") return { tool_calls: [habits.piece(part.piece)] };
  return part.kind === "text" ? { content: part.text } : habits.reasoning(part.text);
}
