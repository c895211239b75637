import { z } from "zod";

/** The lists of models, as the reference tells of them: what `encodeOllamaTags` and `encodeOllamaModel` answer. */

const unknown = z.literal("").describe("Not known.");

const details = z.object({
  parent_model: z.string().describe("Of an alias: the model behind it."),
  format: unknown,
  family: z.string(),
  families: z.array(z.string()),
  parameter_size: unknown,
  quantization_level: unknown,
});

const capabilities = z.array(z.enum(["completion", "tools", "vision", "thinking", "image", "embedding"]));
const modifiedAt = z.iso.datetime().describe("Not known: the same of all.");

/** The answer to `GET /api/tags`. */
export const ollamaTags = z.object({
  models: z.array(
    z.object({
      name: z.string().describe("With a tag: `DeepSeek-V3.2:latest`."),
      model: z.string().describe("The same."),
      modified_at: modifiedAt,
      size: z.literal(0).describe("Not known."),
      digest: z.string().describe("64 hexadecimal digits, the same for the same name."),
      details,
      capabilities,
    }),
  ),
});

/** The answer to `POST /api/show`. */
export const ollamaModel = z.object({
  license: unknown,
  modelfile: unknown,
  parameters: z.string().describe("What is so by default, one a line: `temperature 0.7`."),
  template: unknown,
  system: unknown,
  details,
  model_info: z.object({
    "general.architecture": z.literal("gateway"),
    "general.basename": z.string().describe("What it is called for people."),
    "gateway.context_length": z.int().optional().describe("Tokens; missing where nobody knows."),
  }),
  capabilities,
  modified_at: modifiedAt,
});
