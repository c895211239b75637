import { z } from "zod";

/** A text that is not empty. */
export const filledText = z.string().min(1);

/** What an entry of `models` or an override may say. `Mode` is how the gateway may come by a capability there. */
function createModelOptions<const Mode extends readonly string[]>(modes: Mode) {
  const mode = (description: string) => z.enum(modes).optional().describe(description);
  return {
    tools: mode("Tool calls: by the server (native), in the text (emulated), or as is found out (auto)."),
    parallel_tool_calls: mode("Whether the server keeps parallel_tool_calls: false itself."),
    json_schema: mode("Answers that follow a JSON schema."),
    json_object: mode("Answers that are JSON."),
    reasoning: mode("Thinking: in a field of its own (native), or between tags in the text (emulated)."),
    stop: mode("Whether the server keeps stop sequences itself."),
    images: z.enum(["auto", "native", "none"]).optional().describe("Whether the model sees pictures."),
    context_length: tokens("Tokens that prompt and answer share."),
    max_output_length: tokens("Most tokens of one answer."),
    price: z
      .strictObject({
        input: z.number().min(0).describe("Of a million tokens of the prompt."),
        output: z.number().min(0).describe("Of a million tokens of the answer."),
      })
      .optional()
      .describe("USD per million tokens: shown, and what keys with a budget in dollars spend."),
  };
}

function tokens(description: string) {
  return z.int().min(1).max(1_000_000_000).optional().describe(description);
}

/** The `models` of an upstream. */
export function createModelsSchema<const Mode extends readonly string[]>(modes: Mode) {
  const options = createModelOptions(modes);
  return z
    .strictObject({
      ...options,
      include: z
        .array(filledText)
        .min(1)
        .optional()
        .describe("Ids of the models that are used, * for any text. Default: all that the server lists."),
      overrides: z
        .record(z.string(), z.strictObject(options))
        .optional()
        .describe("Options of single models, by id, * for any text; of several that fit, the first."),
    })
    .optional()
    .describe("What the models of this upstream can. Left out or auto: it is found out.");
}

/** Options of models as they stand in a file, of any upstream. */
export type ModelOptionsInput = Omit<
  NonNullable<z.output<ReturnType<typeof createModelsSchema<["auto", "native", "emulated"]>>>>,
  "include" | "overrides"
>;
