import type { ChatService } from "../completion/chat-service.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Resolves with the id of the model that `id` means, if it writes. Throws `UsageError` for one that draws, before
 * anything is spent on a picture, and `GatewayError` for one that is unknown.
 */
export async function requireChatModel(
  chat: Pick<ChatService, "resolveModel">,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  const model = await chat.resolveModel(id, signal);
  if (model.kind === "chat") return model.id;
  throw new UsageError(
    `--model: ${id} draws pictures and can't hold a conversation. Take one of akashchat-api models, or draw with: akashchat-api image`,
  );
}
