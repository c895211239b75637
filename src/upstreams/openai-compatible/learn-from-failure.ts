import type { GatewayError } from "../../errors.ts";
import type { Capabilities } from "../../model/capabilities.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { Learning, News } from "./create-learning.ts";
import { askAgain, type UpstreamFailure } from "./failure.ts";
import type { Models } from "./models.ts";
import { refuses } from "./refused-fields.ts";

const formatWords = ["response_format", "response_format.type", "json_schema", "json_object"];

/**
 * Remembers what a failure says of the model. Gives the error to throw: with `retry: "same"` where the same request will be sent in
 * another form from now on, because of what was learned.
 */
export function learnFromFailure(
  failure: UpstreamFailure,
  { model, tools, messages, responseFormat }: ChatRequest,
  { learning, models }: { readonly learning: Learning; readonly models: Models },
): GatewayError {
  const { reason, tokens, error } = failure;
  const learn = (news: News): boolean => learning.add(model, news);
  /** Whether the model is without it from now on; the operator may insist. */
  function lose(capability: keyof Capabilities): boolean {
    learn({ capabilities: { [capability]: "emulated" } });
    return models.describeAny(model).capabilities?.[capability] === "emulated";
  }

  switch (reason) {
    case "tools-unsupported":
      return tools.length > 0 && lose("tools") ? askAgain(error) : error;
    case "reasoning-unsupported":
      if (models.isWithoutReasoning(model)) return error;
      learn({ capabilities: { reasoning: "emulated" } });
      return models.isWithoutReasoning(model) ? askAgain(error) : error;
    case "output-budget": {
      const { window, input } = tokens;
      // What is left beside a prompt is so for this prompt alone.
      if (window === undefined || input !== undefined) return error;
      return learn({ maxOutputTokens: window }) ? askAgain(error) : error;
    }
    case "context-length":
      if (tokens.window !== undefined) learn({ contextLength: tokens.window });
      return error;
    case "invalid-request":
    case "not-supported":
      if (responseFormat.kind !== "text" && formatWords.some((word) => refuses(failure, word))) {
        return lose(responseFormat.kind === "json-schema" ? "jsonSchema" : "jsonObject")
          ? askAgain(error)
          : error;
      }
      if (hasImages(messages) && speaksOfImages(error.message)) lose("images");
      return error;
    case "model-not-found":
      models.doubt();
      return error;
    default:
      return error;
  }
}

function hasImages(messages: ChatRequest["messages"]): boolean {
  return messages.some(
    (message) => message.role === "user" && message.parts.some(({ type }) => type === "image"),
  );
}

function speaksOfImages(words: string): boolean {
  return /image|vision|multimodal|mmproj/i.test(words);
}
