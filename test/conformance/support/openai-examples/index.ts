import { chat, chatMessages, completions } from "./chat.ts";
import { type Examples, on, picture } from "./example.ts";
import { conversations, counting, inputItems, responses, stored, tools } from "./responses.ts";

export type { Example } from "./example.ts";

const images = on(
  "/v1/images/generations",
  { prompt: "A boat" },
  {
    prompt: {},
    model: { model: "AkashGen" },
    n: { n: 1 },
    response_format: { response_format: "url" },
    output_format: { output_format: "png" },
    output_compression: { output_format: "webp", output_compression: 50 },
    stream: { stream: true },
    image: { image: picture },
    mask: { mask: picture },
    background: { background: "opaque" },
    size: { size: "512x512" },
    quality: { quality: "max" },
    style: { style: "vivid" },
    moderation: { moderation: "low" },
    partial_images: { partial_images: 2 },
    complexity: { complexity: "low" },
    frame_count: { frame_count: 3 },
    frame_duration_ms: { frame_duration_ms: 100 },
    safety_identifier: { safety_identifier: "s" },
    svg: { svg: { model: "m" } },
    user: { user: "u" },
  },
);

/** By the sections of docs/api.md that decide. */
export const examples: Readonly<Record<string, Examples>> = {
  "POST /v1/chat/completions": chat,
  "Messages of Chat Completions": chatMessages,
  "POST /v1/completions": completions,
  "POST /v1/responses": responses,
  Items: inputItems,
  "Tools of the OpenAI APIs": tools,
  "Stored responses": stored,
  Conversations: conversations,
  "Counting tokens": counting,
  "POST /v1/images/generations": images,
};
