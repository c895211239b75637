import type { ChatResponse } from "../../model/collect.ts";
import { encodeFinishReason } from "../openai-chat/encode-finish-reason.ts";
import { encodeUsage } from "../openai-chat/encode-usage.ts";
import { addUsages } from "../add-usages.ts";

/** What a legacy completion has beside its texts. */
export interface TextCompletionOptions {
  /** `cmpl-…` */
  readonly id: string;
  /** Unix time in s. */
  readonly created: number;
  /** Answers for each prompt; neighbours in the list of responses. */
  readonly choices: number;
  /** One text for each prompt, set before its answers. */
  readonly echo: readonly string[] | undefined;
}

/** The `text_completion` object. */
export function encodeResponse(
  responses: readonly ChatResponse[],
  { id, created, choices, echo }: TextCompletionOptions,
): Record<string, unknown> {
  const total = addUsages(
    responses.map((response) => response.usage),
    choices,
  );
  const usage = encodeUsage(total);
  return {
    id,
    object: "text_completion",
    created,
    model: responses[0]?.model ?? "",
    choices: responses.map(({ blocks, finish }, index) => ({
      text: [
        echo?.[Math.floor(index / choices)] ?? "",
        ...blocks.map((block) => (block.kind === "text" ? block.text : "")),
      ].join(""),
      index,
      logprobs: null,
      finish_reason: encodeFinishReason(finish, false),
    })),
    ...(usage === undefined ? {} : { usage }),
    ...(total.estimated ? { usage_estimated: true } : {}),
  };
}
