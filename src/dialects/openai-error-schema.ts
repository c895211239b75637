import { z } from "zod";

/** OpenAI's error object, as it stands in an error's body, in a stream's error frame and in what is missing of pictures. */
export const openAiErrorObject = z.object({
  message: z.string().describe("What happened, and what to do."),
  type: z.string(),
  param: z.string().nullable().describe("The field of the request that is wrong, as the client spelled it."),
  code: z.string().nullable(),
  resets_at: z
    .int()
    .optional()
    .describe("Of a spent budget on the Responses routes: when there is a new one, in Unix seconds."),
});

/** What `encodeOpenAiError` answers: the fields that old scripts read, and OpenAI's. */
export const openAiError = z.object({
  code: z.int().describe("The status."),
  data: z.object({ msg: z.string() }),
  error: openAiErrorObject,
});

/** What `encodeOpenAiErrorFrame` puts into a stream. Nothing follows. */
export const openAiErrorFrame = z.object({ error: openAiErrorObject });
