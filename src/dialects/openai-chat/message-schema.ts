import { z } from "zod";

import { callId } from "../call-order.ts";
import { optional } from "../optional.ts";

const contentPart = z.discriminatedUnion(
  "type",
  [
    // The last two are what the Responses API calls them; some clients mix the APIs.
    z.looseObject({ type: z.enum(["text", "input_text", "output_text"]), text: z.string() }),
    z.looseObject({ type: z.literal("refusal"), refusal: z.string() }),
    z.looseObject({
      type: z.enum(["image_url", "input_image"]),
      image_url: z.union([z.string(), z.looseObject({ url: z.string() }).transform(({ url }) => url)]),
    }),
    z.looseObject({
      type: z.literal("file"),
      file: z.looseObject({
        filename: optional(z.string()),
        file_data: optional(z.string()),
        file_id: optional(z.string()),
      }),
    }),
    z.looseObject({ type: z.literal("input_audio") }),
  ],
  { error: "expected a part of type text, image_url, file or refusal" },
);

/** One part of a message's content. */
export type WirePart = z.output<typeof contentPart>;

const content = z.union([z.string(), z.array(contentPart)]);

/** A message's content: text, or parts. */
export type WireContent = z.output<typeof content>;

const functionCall = z.looseObject({
  name: z.string().min(1),
  // Some clients keep what they parsed instead of the text.
  arguments: z.union([
    z.string(),
    z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value)),
  ]),
});

const toolCall = z.union([
  z.looseObject({ id: callId, function: functionCall }),
  z
    .looseObject({ id: callId, custom: z.looseObject({ name: z.string().min(1), input: z.string() }) })
    .transform(({ id, custom }) => ({
      id,
      function: { name: custom.name, arguments: JSON.stringify({ input: custom.input }) },
    })),
]);

const wireMessage = z.discriminatedUnion(
  "role",
  [
    z.looseObject({ role: z.enum(["system", "developer"]), content, name: optional(z.string()) }),
    z.looseObject({ role: z.literal("user"), content, name: optional(z.string()) }),
    z.looseObject({
      role: z.literal("assistant"),
      content: optional(content),
      name: optional(z.string()),
      refusal: optional(z.string()),
      // DeepSeek's name and OpenRouter's for the same. Never a reason to refuse: many models are not shown it.
      reasoning_content: optional(z.string()).catch(undefined),
      reasoning: optional(z.string()).catch(undefined),
      tool_calls: optional(z.array(toolCall)),
      function_call: optional(functionCall),
    }),
    z.looseObject({ role: z.literal("tool"), content, tool_call_id: callId }),
    z.looseObject({ role: z.literal("function"), content: optional(content), name: z.string() }),
  ],
  { error: "expected a message with role system, developer, user, assistant, tool or function" },
);

/** `messages` of a request. */
export const wireMessages = z.array(wireMessage).min(1, "expected at least one message");

/** One message of a request. */
export type WireMessage = z.output<typeof wireMessage>;
