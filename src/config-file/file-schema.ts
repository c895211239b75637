import { z } from "zod";

import { filledText } from "./model-schema.ts";
import { upstreamSchema } from "./upstream-schema.ts";

/** The whole file. What names refer to is checked by `findReferenceMistakes`. */
export const fileSchema = z
  .strictObject({
    upstreams: z
      .array(upstreamSchema)
      .min(1)
      .describe("All upstreams that are used, in the order in which they are asked."),
    models: z
      .record(z.string(), z.array(filledText.meta({ examples: ["web/DeepSeek-V3.2", "mine/*"] })).min(1))
      .optional()
      .describe("Your own names for models: a list of upstream/model, asked in this order; * for any text."),
    aliases: z
      .record(z.string(), filledText)
      .optional()
      .describe(
        "Other names that clients use, * for any text: to a name of models, upstream/model or a model's id.",
      ),
  })
  .describe("The configuration file of akashchat-api.");

/** A file that fits. */
export type ConfigFile = z.output<typeof fileSchema>;

/** One upstream of such a file. */
export type UpstreamEntry = ConfigFile["upstreams"][number];
