import { GatewayError } from "../../errors.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { ImageRequest } from "../upstream.ts";
import { toOrderedTurns } from "./image-order.ts";
import { toPlain, type PlainConversation, type PlainMessage } from "./to-plain.ts";

/** The upstream's server cuts longer bodies and then answers with an empty 500. */
const maxBodyBytes = 10_000_000;

/** The upstream takes 0 for "not given", so the coldest honest value is this. */
const coldest = 0.0001;
const fallbackSampling = { temperature: 0.6, topP: 0.95 };
/** What the upstream itself uses for its image model. */
const imageSampling = { temperature: 0.85, topP: 1 };

/** Defaults of a model, as far as its list says. */
export type ModelDefaults = Pick<ModelInfo, "temperature" | "topP">;

interface Attachment {
  readonly name: string;
  readonly contentType: string;
  readonly url: string;
}

interface WireMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly experimental_attachments?: readonly Attachment[];
}

interface WireBody {
  readonly messages: readonly WireMessage[];
  readonly model: string;
  readonly system: string;
  readonly temperature: number;
  readonly topP: number;
  readonly context: readonly { readonly name: string; readonly type: string; readonly content: string }[];
}

/**
 * Encodes a chat request that was lowered to text for `POST /api/chat/`. Only what the upstream reads is sent: `parts` would switch its
 * truncation off. Throws kind `payload-too-large` above 10 MB, before anything is sent.
 */
export function encodeRequest(request: ChatRequest, defaults: ModelDefaults = {}): Uint8Array {
  const plain = toPlain(request);
  refuseLong(plain);
  const { temperature, topP } = { ...request.usualSampling, ...request.sampling };
  return encodeBody({
    messages: plain.messages.map(encodeMessage),
    model: request.model,
    system: breakSpecialTokens(plain.system),
    temperature: toNonZero(temperature ?? defaults.temperature ?? fallbackSampling.temperature),
    topP: toNonZero(topP ?? defaults.topP ?? fallbackSampling.topP),
    // The upstream puts each file in front of the last: reversed here, the model sees them in order.
    context: plain.files.toReversed().map((file) => ({
      name: breakSpecialTokens(file.name),
      type: file.mediaType,
      content: breakSpecialTokens(file.text),
    })),
  });
}

/** Encodes the wish for an image. `system` is only used if the upstream answers with text after all. */
export function encodeImageRequest(
  request: ImageRequest,
  system: string,
  defaults: ModelDefaults = {},
): Uint8Array {
  return encodeBody({
    messages: toOrderedTurns(request).map(encodeMessage),
    model: request.model,
    system: breakSpecialTokens(system),
    temperature: toNonZero(request.temperature ?? defaults.temperature ?? imageSampling.temperature),
    topP: toNonZero(request.topP ?? defaults.topP ?? imageSampling.topP),
    context: [],
  });
}

function encodeBody(body: WireBody): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(body), "utf8");
  if (bytes.length > maxBodyBytes) throw createTooLong(bytes.length);
  return bytes;
}

/** Refuses without encoding what is too long by its characters alone, each of which takes a byte or more. */
function refuseLong({ system, messages, files }: PlainConversation): void {
  let length = system.length;
  for (const file of files) length += file.text.length;
  for (const { text, images = [] } of messages) {
    length += text.length;
    for (const { base64 } of images) length += base64.length;
  }
  if (length > maxBodyBytes) throw createTooLong(length);
}

function createTooLong(bytes: number): GatewayError {
  return new GatewayError(
    "payload-too-large",
    `The request is ${bytes} bytes or more once encoded; Akash Chat takes at most ${maxBodyBytes}. Send shorter messages, smaller files or fewer images.`,
  );
}

function encodeMessage(message: PlainMessage): WireMessage {
  const content = breakSpecialTokens(message.text);
  if (message.images === undefined || message.images.length === 0) return { role: message.role, content };
  return {
    role: message.role,
    content,
    experimental_attachments: message.images.map((image, index) => ({
      name: `image-${index + 1}.${image.mediaType.replace(/^image\//, "").replace(/[^a-z\d].*$/i, "")}`,
      contentType: image.mediaType,
      url: `data:${image.mediaType};base64,${image.base64}`,
    })),
  };
}

/** Temperature and topP must be numbers and not 0: anything else makes the upstream use a default that it cannot read. */
function toNonZero(value: number): number {
  return Number.isFinite(value) && value !== 0 ? value : coldest;
}

const specialToken = /<\|(?=(?:endoftext|fim_prefix|fim_middle|fim_suffix|endofprompt)\|>)/g;

/**
 * The upstream's tokenizer throws on its own special tokens, which ends in an empty 500. A zero-width space
 * inside them looks the same to a reader and is ordinary text to the tokenizer.
 */
function breakSpecialTokens(text: string): string {
  return text.includes("<|") ? text.replace(specialToken, "<|\u200B") : text;
}
