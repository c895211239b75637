import { estimateTokens } from "../split-text.ts";
import type { Reply } from "../reply.ts";
import type { RecordedRequest } from "../types.ts";
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
  const chat = {
    ...read,
    messages: read.messages.filter(
      ({ role }) => role !== "developer" || persona.request.developer === "kept",
    ),
  };

  const refused =
    wording.refusal(chat, model) ??
    (tools === "none-400" && chat.tools.length > 0 && chat.toolChoice !== "none"
      ? wording.noTools(model.id, chat.toolChoice)
      : undefined) ??
    (model.images !== true && chat.messages.some(({ images }) => images > 0)
      ? wording.noImages(model.id)
      : undefined);
  if (refused !== undefined) return refuse(persona, refused);

  const limit = limitOf(body, persona);
  const window = model.contextLength ?? 32_768;
  const shown = tools === "native" || tools === "leaky" ? JSON.stringify(body["tools"] ?? "").length - 2 : 0;
  const tooLong = wording.tooLong({ window, input: countInput(chat, shown), output: limit ?? 0 });
  if (tooLong !== undefined && tooLong !== "cut") return refuse(persona, tooLong);
  const seen = tooLong === "cut" ? cutToFit(chat, window, shown) : chat;

  const script = world.takeAnswer(request);
  await script?.gate;
  const answer =
    script === undefined ? think(seen, { persona, model, tools, leak: world.leak }) : toAnswer(script);
  world.answers += 1;
  const outcome = toOutcome(answer, {
    persona,
    chat: seen,
    count: world.answers,
    promptTokens: Math.min(window, countInput(seen, shown)),
    limit: script === undefined ? limit : undefined,
    script,
  });
  return await reply(outcome, seen, model, world);
}

/** What a script says. */
export function toAnswer({ reasoning, text = "", calls = [] }: AnswerScript): Answer {
  return { reasoning, text, calls };
}

/** The limit of the answer, in the first field that the server knows. */
export function limitOf(body: JsonObject, { request }: Persona): number | undefined {
  return request.limits.map((name) => body[name]).find((value) => typeof value === "number");
}

function countInput({ messages }: ChatRequest, toolCharacters: number): number {
  return estimateTokens(messages.reduce((sum, { text }) => sum + text.length, toolCharacters));
}

/** Leaves out the oldest messages but the system's until the rest fits; the newest stays. */
function cutToFit(chat: ChatRequest, window: number, toolCharacters: number): ChatRequest {
  let messages = [...chat.messages];
  while (countInput({ ...chat, messages }, toolCharacters) > window) {
    const oldest = messages.findIndex(({ role }) => role !== "system");
    if (oldest === -1 || oldest === messages.length - 1) break;
    messages = messages.toSpliced(oldest, 1);
  }
  return { ...chat, messages };
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
