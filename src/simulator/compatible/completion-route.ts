import type { Reply } from "../reply.ts";
import { estimateTokens } from "../split-text.ts";
import type { RecordedRequest } from "../types.ts";
import { think } from "./brain.ts";
import { limitOf, windowOf } from "./admit-chat.ts";
import { toAnswer } from "./chat-route.ts";
import { toOutcome, type Part } from "./outcome.ts";
import type { JsonObject } from "./persona.ts";
import { asText, readChat } from "./read-chat.ts";
import { eventStream, refuse } from "./replies.ts";
import { streamAnswer } from "./stream-answer.ts";
import { wholeAnswer } from "./whole-answer.ts";
import { toolsOf, type CompatibleWorld } from "./world.ts";

/** POST …/completions: the prompt is taken for a question. */
export async function completionRoute(
  body: JsonObject,
  request: RecordedRequest,
  world: CompatibleWorld,
): Promise<Reply> {
  const { persona } = world;
  const [first] = [body["prompt"]].flat();
  const prompt = asText(first) ?? "";
  const chat = readChat({ ...body, messages: [{ role: "user", content: prompt }] });
  const model = world.models.find((one) => persona.isMeant(one, chat?.model ?? ""));
  if (chat === undefined || model === undefined) {
    return refuse(persona, persona.wording.unknownModel(chat?.model ?? ""));
  }
  const limit = limitOf(body, persona);
  const input = estimateTokens(prompt.length);
  const tooLong = persona.wording.tooLong({
    window: windowOf(model),
    input,
    output: limit ?? 0,
  });
  if (tooLong !== undefined && tooLong !== "cut") return refuse(persona, tooLong);

  const script = world.takeAnswer(request);
  await script?.gate;
  const mind = {
    persona,
    model: { ...model, reasoning: false },
    tools: toolsOf(world, model),
    leak: world.leak,
  };
  world.answers += 1;
  const outcome = toOutcome(script === undefined ? think(chat, mind) : toAnswer(script), {
    persona,
    chat,
    count: world.answers,
    promptTokens: input,
    limit: script === undefined ? limit : undefined,
    script,
  });
  const envelope = {
    id: persona.reply.answerId(world.answers).replace("chatcmpl", "cmpl"),
    object: "text_completion",
    created: Math.floor(world.now() / 1000),
    model: chat.model === "" ? model.id : chat.model,
  };
  const headers = persona.answerHeaders(world.answers);
  if (!chat.stream) {
    const text = outcome.parts.map((part) => ("kind" in part ? textOf(part) : "")).join("");
    const choices = [{ index: 0, text, logprobs: null, finish_reason: outcome.finish }];
    return await wholeAnswer(outcome, { ...envelope, choices }, persona, headers);
  }
  const pieces = streamAnswer(outcome, {
    persona,
    envelope,
    choice: (index, fields, finish) => ({
      index,
      text: "",
      ...fields,
      logprobs: null,
      finish_reason: finish,
    }),
    fields: (part) => ({ text: textOf(part) }),
    opening: undefined,
    closing: {},
    n: 1,
    tellUsage: chat.includeUsage || persona.reply.usage === "always",
    pace: world.pace,
  });
  return { kind: "http", status: 200, headers: { ...eventStream, ...headers }, body: pieces };
}

function textOf(part: Part): string {
  return part.kind === "text" ? part.text : "";
}
