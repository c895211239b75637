import type { ChatService } from "../../completion/chat-service.ts";
import { anyModel } from "../../model/any-model.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { ownCommand } from "../look-around.ts";
import type { Caller } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/**
 * The model that an id means; without one, the default. Throws `UsageError` for one that draws, before anything is spent on
 * a picture, and `GatewayError` for one that is unknown.
 */
export async function requireWriter(
  chat: Pick<ChatService, "resolveModel">,
  id: string | undefined,
  { caller, signal }: { readonly caller: Caller; readonly signal: AbortSignal },
): Promise<ModelInfo> {
  const model = await chat.resolveModel(id ?? anyModel, signal);
  if (model.kind === "chat") return model;
  throw new UsageError(
    `${id === undefined ? model.id : `--model: ${id}`} draws pictures and can't hold a conversation. Draw with: ${ownCommand(caller)} image "a cat" --out cat.png`,
  );
}
