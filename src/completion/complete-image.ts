import { GatewayError } from "../errors.ts";
import { createBlockWriter } from "../model/block-writer.ts";
import type { EventBatch, GeneratedImage, Usage } from "../model/events.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest, Message } from "../model/request.ts";
import type { ImageService } from "../images/image-service.ts";
import type { ImageEvent, ImageRequest } from "../upstreams/upstream.ts";
import type { Sink } from "../stream/source.ts";
import type { CallContext } from "./chat-service.ts";
import { estimateTokens } from "./estimate-usage.ts";
import { namePictures } from "./picture-text.ts";

/** What came before the last three messages has nothing to do with the picture that is wanted. */
const turnsSeen = 3;

/** What answering with a picture takes. */
export interface CompleteImageOptions {
  readonly model: ModelInfo;
  readonly images: Pick<ImageService, "generate" | "publish">;
}

/**
 * Answers with one picture: a text block that holds it as Markdown, with its facts in `image`. While it is made the
 * stream is silent, unless the request itself asks for reasoning in its field: then the progress is told there.
 * What the model says in place of a picture is the answer, as chat pages show it; when it says nothing,
 * throws kind `image-declined`.
 */
export async function completeImage(
  request: ChatRequest,
  options: CompleteImageOptions,
  context: CallContext,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { model } = options;
  const wish: ImageRequest = {
    model: model.id,
    turns: toTurns(request.messages),
    ...request.usualSampling,
    ...request.sampling,
  };
  if (wish.turns.length === 0) {
    throw new GatewayError(
      "invalid-request",
      "Say what the picture should show: the messages hold no text.",
      {
        param: "messages",
      },
    );
  }
  try {
    await drawPicture(wish, options, { ...context, tells: request.reasoning === "field" }, sink);
  } catch (error) {
    // It is the first and only thing that comes, so nothing was given yet.
    if (!(error instanceof GatewayError) || error.kind !== "image-declined" || error.answer === undefined)
      throw error;
    const writer = createBlockWriter(model.id);
    writer.write("text", error.answer);
    writer.finish({ kind: "stop" }, estimateUsage(wish, error.answer));
    await sink(writer.take());
  }
}

async function drawPicture(
  wish: ImageRequest,
  { model, images }: CompleteImageOptions,
  { signal, watch, baseUrl, tells }: CallContext & { readonly tells: boolean },
  sink: Sink<EventBatch>,
): Promise<void> {
  const writer = createBlockWriter(model.id);
  let told = "";
  let accepted: { jobId: string; prompt: string } | undefined;
  for await (const event of images.generate(wish, signal, watch)) {
    if (event.type === "accepted") accepted = event;
    if (event.type !== "done") {
      const text = tells ? toProgress(event) : "";
      // The same status again and again says nothing.
      if (text === told) continue;
      told = text;
      writer.write("reasoning", `${text}\n`);
      await sink(writer.take());
      continue;
    }
    const image: GeneratedImage = {
      jobId: accepted?.jobId ?? "",
      prompt: accepted?.prompt ?? "",
      url: images.publish(event.image, baseUrl),
    };
    const markdown = toMarkdown(image);
    writer.writeImage(image, markdown);
    writer.finish({ kind: "stop" }, estimateUsage(wish, markdown));
    await sink(writer.take());
    return;
  }
}

function estimateUsage({ model, turns }: ImageRequest, answer: string): Usage {
  return {
    inputTokens: estimateTokens(
      turns.map((turn) => turn.text),
      model,
    ),
    outputTokens: estimateTokens([answer], model),
    estimated: true,
  };
}

function toProgress(event: Exclude<ImageEvent, { type: "done" }>): string {
  if (event.type === "accepted") return `Prompt: ${event.prompt}`;
  const place =
    event.queuePosition === undefined || event.queuePosition <= 0 ? "" : `, ${event.queuePosition} before it`;
  return `The picture is ${event.status}${place}.`;
}

/** The last turns as text; of an earlier picture what it showed, without the link. */
function toTurns(messages: readonly Message[]): ImageRequest["turns"] {
  const turns = messages.flatMap((message) => {
    if (message.role !== "user" && message.role !== "assistant") return [];
    const text = message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
    if (text.trim() === "") return [];
    return [{ role: message.role, text: namePictures(text) }];
  });
  return turns.slice(-turnsSeen);
}

/** `![prompt](url)`, with the prompt on one line and its brackets escaped. */
function toMarkdown(image: GeneratedImage): string {
  const alt = image.prompt
    .replace(/[\\[\]]/g, "\\$&")
    .replace(/\s+/g, " ")
    .trim();
  return `![${alt}](${image.url})`;
}
