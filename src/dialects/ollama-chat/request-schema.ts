import { z } from "zod";

import { ollamaFields } from "../ollama-fields.ts";
import { optional } from "../optional.ts";
import { wireMessages } from "./message-schema.ts";

const functionDefinition = z.looseObject({
  name: z.string().min(1),
  description: optional(z.string()),
  parameters: optional(z.record(z.string(), z.unknown())),
});

/** A function; `undefined` for a tool of another type, which is left out. */
const wireTool = z.union([
  z
    .looseObject({ type: optional(z.literal("function")), function: functionDefinition })
    .transform(({ function: definition }) => definition),
  z
    .looseObject({ type: z.string().refine((type) => type !== "function", "expected a function") })
    .transform(() => undefined),
]);

/** The body of `POST /api/chat`, as far as it has an effect. */
export const requestSchema = z.looseObject({
  ...ollamaFields,
  messages: wireMessages,
  tools: optional(z.array(wireTool)),
});

/** A parsed body. */
export type RequestBody = z.output<typeof requestSchema>;
