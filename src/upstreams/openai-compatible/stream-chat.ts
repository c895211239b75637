import type { ChatEvent, EventBatch } from "../../model/events.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { Sink } from "../../stream/source.ts";
import { askChat, type AskChatOptions, type Asked } from "./ask-chat.ts";
import { createStreamDecoder, type StreamDecoder } from "./decode-stream.ts";
import { hasLostTools } from "./find-lost-tools.ts";
import { learnFromFailure } from "./learn-from-failure.ts";
import type { CompatibleSurroundings } from "./options.ts";
import { readReply } from "./read-reply.ts";
import type { RememberedDetails } from "./remember-details.ts";

/** What streaming a chat takes. */
export interface StreamChatOptions extends Omit<AskChatOptions, "findDetails"> {
  readonly surroundings: Pick<CompatibleSurroundings, "now" | "newId">;
  readonly details: RememberedDetails;
  /** As `readReply` has it. */
  readonly onEnding: () => void;
}

/** Asks, decodes what comes, and learns from it. Rejects with `GatewayError`. */
export async function streamChat(
  request: ChatRequest,
  options: StreamChatOptions,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { server, surroundings, details } = options;
  const asked = await askChat(request, { ...options, findDetails: details.find });
  const decoder = createStreamDecoder({
    upstream: server.title,
    model: request.model,
    calls: "stream",
    newCallId: () => surroundings.newId("call_"),
    now: surroundings.now,
    tools: new Set(request.tools.map(({ name }) => name)),
    stopSequences: request.stopSequences,
  });
  const callIds: string[] = [];
  let thinks = false;
  try {
    await readReply(asked.reply, decoder, { ...options, title: server.title }, (batch) => {
      for (const event of batch) {
        if (event.type === "block-start") {
          if (event.block.kind === "tool-call") callIds.push(event.block.callId);
          thinks ||= event.block.kind === "reasoning";
        } else if (event.type === "finish") {
          learnFrom(event, { request, asked, decoder, callIds, thinks }, options);
        }
      }
      return sink(batch);
    });
  } catch (error) {
    // Some servers refuse with status 200.
    const { failure } = decoder;
    throw failure !== undefined && failure.error === error
      ? learnFromFailure(failure, request, options)
      : error;
  }
}

interface Answer {
  readonly request: ChatRequest;
  readonly asked: Asked;
  readonly decoder: StreamDecoder;
  readonly callIds: readonly string[];
  /** Its thinking came apart from its text. */
  readonly thinks: boolean;
}

function learnFrom(
  { usage }: Extract<ChatEvent, { type: "finish" }>,
  { request: { model }, asked, decoder, callIds, thinks }: Answer,
  { learning, models, details }: StreamChatOptions,
): void {
  details.add(callIds, decoder.reasoningDetails);
  if (decoder.build !== undefined && models.rules.namesBuild) learning.seeBuild(model, decoder.build);
  // Not where it was refused: then it would be sent, refused and learned with each request.
  if (thinks && models.describeAny(model).capabilities?.reasoning === "unknown") {
    learning.add(model, { capabilities: { reasoning: "native" } });
  }
  const { inputTokens } = usage;
  if (callIds.length > 0 || inputTokens === undefined || inputTokens === 0) return;
  if (hasLostTools(asked.body, inputTokens, asked.characters)) {
    learning.add(model, { capabilities: { tools: "emulated" } });
  }
}
