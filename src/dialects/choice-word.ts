import { z } from "zod";

/** `any` is Mistral's and Anthropic's word for `required`. */
const word = z
  .enum(["auto", "none", "required", "any"])
  .transform((given) => (given === "any" ? "required" : given));

/** What `tool_choice` says of all tools: a word, or as Anthropic's API writes it an object with the word as its type. */
export const choiceWord = z.union([word, z.looseObject({ type: word }).transform(({ type }) => type)]);
