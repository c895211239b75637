import { z } from "zod";

import { callId } from "../call-order.ts";
import { optional } from "../optional.ts";

const toolCall = z.looseObject({
  id: callId,
  function: z.looseObject({
    name: z.string().min(1),
    // An object at Ollama; some clients keep the text of OpenAI's.
    arguments: optional(
      z.union([z.string(), z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value))]),
    ),
  }),
});

const wireMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: optional(z.string()),
  thinking: optional(z.string()),
  images: optional(z.array(z.string())),
  tool_calls: optional(z.array(toolCall)),
  tool_name: optional(z.string()),
  /** What `tool_name` was called before. */
  name: optional(z.string()),
  tool_call_id: callId,
});

/** `messages` of a request; none only loads the model. */
export const wireMessages = optional(z.array(wireMessage));

/** One message of a request. */
export type WireMessage = z.output<typeof wireMessage>;
