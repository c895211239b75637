import { GatewayError } from "../errors.ts";
import { keptForAnswer, type ModelInfo } from "../model/model-info.ts";
import type { PlainRequest } from "../model/plain-request.ts";
import type { Pace } from "../stream/pace.ts";
import { countAgainstLimit } from "./estimate-usage.ts";

/**
 * Refuses what Akash Chat would cut or drop without a word: it counts cl100k tokens from the newest message back,
 * and leaves out what makes the sum + 1000 exceed the model's limit. Throws kind
 * `context-length`, worded as OpenAI does, and as GitHub does ("prompt token count of …"), because agents look for
 * either to compact their history. Counts only when the length makes it possible. Nothing is checked when the limit is unknown. Rejects when the pace does.
 */
export async function checkLength(plain: PlainRequest, model: ModelInfo, pace: Pace): Promise<void> {
  if (model.contextLength === undefined) return;
  const room = Math.max(0, model.contextLength - keptForAnswer);
  const count = await countAgainstLimit(plain, room, pace);
  if (count === undefined || count <= room) return;
  throw new GatewayError(
    "context-length",
    `This model's maximum context length is ${model.contextLength} tokens. However, your messages resulted in ` +
      `${count} tokens, and ${keptForAnswer} are kept for the answer: a prompt token count of ${count} exceeds the limit of ${room}. ` +
      "Please reduce the length of the messages.",
    { param: "messages", shouldRetry: false, tokens: { count, maximum: room } },
  );
}
