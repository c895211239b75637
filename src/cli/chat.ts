import { text } from "node:stream/consumers";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { createQuestion } from "./create-question.ts";
import { requireChatModel } from "./require-chat-model.ts";
import { withServices } from "./with-services.ts";

/** Asks one question and streams the answer to standard output. Throws `GatewayError`. */
export async function chat(
  config: Config,
  prompt: string,
  options: { readonly model?: string; readonly system?: string; readonly reasoning?: boolean },
): Promise<void> {
  const question = prompt === "-" ? await text(process.stdin) : prompt;
  await withServices(config, async (services, signal) => {
    const model =
      options.model === undefined
        ? (await services.chat.listModels(signal)).find(({ kind }) => kind === "chat")?.id
        : await requireChatModel(services.chat, options.model, signal);
    if (model === undefined)
      throw new GatewayError("model-not-found", "Akash Chat offers no chat model now.");
    const baseUrl = config.PUBLIC_URL ?? config.AKASH_BASE_URL;
    const kinds = new Map<number, string>();
    for await (const batch of services.chat.complete(createQuestion(model, question, options.system), {
      signal,
      baseUrl,
    })) {
      for (const event of batch) {
        if (event.type === "block-start") kinds.set(event.index, event.block.kind);
        if (event.type !== "block-delta") continue;
        const kind = kinds.get(event.index);
        if (kind === "text") process.stdout.write(event.text);
        else if (kind === "reasoning" && options.reasoning === true) process.stderr.write(event.text);
      }
    }
    process.stdout.write("\n");
  });
}
