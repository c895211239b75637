import { z } from "zod";

const decimal = z.string().describe("US dollars, in decimals; `0` is free.");

/** `ShownPrice`. */
export const shownPrice = z.object({
  prompt: decimal.optional().describe("A token of the prompt."),
  completion: decimal.optional().describe("A token of the answer."),
  request: decimal.optional().describe("A request."),
});

const tools = z.enum(["native", "emulated"]).describe("Who reads calls: the server, or the gateway.");

const shownUpstream = z.object({
  name: z.string(),
  model: z.string().describe("Its own id of the model."),
  answers_now: z.boolean(),
  context_length: z.int().optional(),
  max_output_length: z.int().optional(),
  tools: tools.optional(),
  pricing: shownPrice.optional(),
});

/** `ShownFacts`: what every form of a list of models says. */
export const shownFacts = {
  answers_now: z.boolean().describe("Whether any upstream answers now."),
  tools: tools.optional(),
  pricing: shownPrice.optional(),
  upstreams: z.array(shownUpstream).describe("In the order in which they are asked."),
};
