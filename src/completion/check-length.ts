import { GatewayError } from "../errors.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest } from "../model/request.ts";
import type { Pace } from "../stream/pace.ts";
import { countAgainstLimit } from "./estimate-usage.ts";

/**
 * Refuses what the upstream would cut or drop without a word (`ModelInfo.promptLimit`). Throws kind
 * `context-length`, worded as OpenAI does, and as GitHub does ("prompt token count of …"), because agents look for
 * either to compact their history. Counts only when the length makes it possible. Rejects when the pace does.
 */
export async function checkLength(
  request: ChatRequest,
  { promptLimit, contextLength }: ModelInfo,
  pace: Pace,
): Promise<void> {
  if (promptLimit === undefined) return;
  const room = promptLimit.tokens;
  const count = await countAgainstLimit(request, promptLimit, pace);
  if (count === undefined || count <= room) return;
  const window = contextLength ?? room;
  const kept = window > room ? `, and ${window - room} are kept for the answer` : "";
  throw new GatewayError(
    "context-length",
    `This model's maximum context length is ${window} tokens. However, your messages resulted in ` +
      `${count} tokens${kept}: a prompt token count of ${count} exceeds the limit of ${room}. ` +
      "Please reduce the length of the messages.",
    { param: "messages", shouldRetry: false, tokens: { count, maximum: room } },
  );
}
