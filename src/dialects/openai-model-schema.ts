import { z } from "zod";

import { shownFacts } from "./shown-model-schema.ts";

const modalities = {
  input_modalities: z.array(z.string()).optional(),
  output_modalities: z.array(z.string()).optional(),
};

/** What `encodeOpenAiModel` answers. */
export const openAiModel = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.string(),
  permission: z.null(),
  root: z.string().describe("Of an alias: the model behind it."),
  parent: z.null(),
  type: z.enum(["chat", "image", "embedding", "transcription", "speech", "other"]),
  name: z.string().optional(),
  description: z.string().optional(),
  context_length: z.int().optional().describe("Tokens of prompt and answer together."),
  max_model_len: z.int().optional(),
  max_output_length: z.int().optional().describe("Tokens of one answer."),
  top_provider: z.object({ context_length: z.int().optional(), max_completion_tokens: z.int() }).optional(),
  ...modalities,
  architecture: z.object({ modality: z.string(), ...modalities }).optional(),
  supported_parameters: z.array(z.string()).optional(),
  supported_features: z.array(z.string()).optional(),
  default_parameters: z
    .object({ temperature: z.number().optional(), top_p: z.number().optional() })
    .optional(),
  ...shownFacts,
});

/** What `encodeOpenAiModels` answers. */
export const openAiModels = z.object({ object: z.literal("list"), data: z.array(openAiModel) });
