import { GatewayError } from "../errors.ts";
import { textOnly } from "../model/capabilities.ts";
import type { RoutedModel } from "../model/leg.ts";
import { matchGlob } from "../model/match-glob.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest, ImagePart, Message, ToolResultPart } from "../model/request.ts";

/**
 * Whether a model can see: by the operator's list of patterns, which names it or its id at an upstream, or because an upstream of it does not say that it can't. Of one
 * that takes and gives text alone nothing is said.
 */
export function canSee(model: ModelInfo | RoutedModel, patterns: readonly string[]): boolean {
  if (model.kind !== "chat") return false;
  const all = "legs" in model ? model.legs.map((leg) => leg.model) : [model];
  return (
    all.some(({ capabilities = textOnly }) => capabilities.images !== "emulated") ||
    [model.aliasOf ?? model.id, ...all.map(({ id }) => id)].some((id) =>
      patterns.some((pattern) => matchGlob(pattern, id)),
    )
  );
}

/** Whether images stand anywhere in the messages, those that tools returned among them. */
export function hasImages({ messages }: ChatRequest): boolean {
  return messages.some(({ parts }) =>
    parts.some((part) => (part.type === "tool-result" ? part.content.some(isImage) : isImage(part))),
  );
}

/** Whether images stand in the messages of the user. */
export function hasUserImages(request: ChatRequest): boolean {
  return request.messages.some(
    (message) => message.role === "user" && message.parts.some((part) => part.type === "image"),
  );
}

/** The error for images that go to a model that can't see; it names those that can. */
export function refuseImages(
  model: ModelInfo,
  offered: readonly ModelInfo[],
  sees: (model: ModelInfo) => boolean,
): GatewayError {
  const seeing = offered.filter((other) => sees(other)).map((other) => other.id);
  const advice =
    seeing.length > 0
      ? `Models that can: ${seeing.join(", ")}.`
      : offered.length > 0
        ? "No model that is offered now can (VISION_MODELS says which are taken to)."
        : "VISION_MODELS says which are taken to.";
  return new GatewayError("unsupported", `The model \`${model.id}\` can't see images. ${advice}`, {
    param: "messages",
    shouldRetry: false,
  });
}

/**
 * Puts a note in the place of images that tools returned, for a model that can't see. A client does not choose what
 * its tools return, so refusing would end the conversation for good; the model is told instead.
 */
export function replaceToolImages(request: ChatRequest): ChatRequest {
  return {
    ...request,
    messages: request.messages.map((message): Message =>
      message.role === "tool" ? { role: "tool", parts: message.parts.map(replaceImages) } : message,
    ),
  };
}

function replaceImages(result: ToolResultPart): ToolResultPart {
  if (!result.content.some((part) => part.type === "image")) return result;
  const note = { type: "text", text: "[An image stood here. You can't see images.]" } as const;
  return { ...result, content: result.content.map((part) => (part.type === "image" ? note : part)) };
}

/** Replaces the images of a request, wherever they stand. */
export async function mapImages(
  request: ChatRequest,
  change: (image: ImagePart) => Promise<ImagePart>,
): Promise<ChatRequest> {
  async function changeAll<Part extends { readonly type: string }>(
    parts: readonly (Part | ImagePart)[],
  ): Promise<(Part | ImagePart)[]> {
    return Promise.all(parts.map(async (part) => (isImage(part) ? change(part) : part)));
  }
  const messages = await Promise.all(
    request.messages.map(async (message): Promise<Message> => {
      if (message.role === "user") return { role: "user", parts: await changeAll(message.parts) };
      if (message.role !== "tool") return message;
      const parts = message.parts.map(async (part) => ({ ...part, content: await changeAll(part.content) }));
      return { role: "tool", parts: await Promise.all(parts) };
    }),
  );
  return { ...request, messages };
}

function isImage(part: { readonly type: string }): part is ImagePart {
  return part.type === "image";
}
