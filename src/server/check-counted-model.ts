import { checkModel, type Caller } from "../access/caller.ts";
import type { ChatService } from "../completion/chat-service.ts";
import { asksForAny } from "../model/any-model.ts";

/**
 * Throws kind `forbidden` where a caller wants tokens counted for a model that it may not use: counting asks nobody and costs no budget,
 * so no gate is in its way. A count for any model is for all.
 */
export async function checkCountedModel(
  caller: Caller,
  {
    chat,
    model,
    signal,
  }: {
    readonly chat: Pick<ChatService, "resolveModel">;
    readonly model: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (caller.kind !== "key" || asksForAny(model)) return;
  checkModel(caller, await chat.resolveModel(model, signal));
}
