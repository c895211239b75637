/**
 * What the upstream shall do with a request stands in the request itself, so that the two ends need no talk: the
 * prompt carries a plan, and the upstream's script (`upstream.ts`) reads it again.
 */
import { z } from "zod";

/** What one request asks of the upstream. */
const planSchema = z.object({
  /** Stands in every piece of the answer, and in no other answer. */
  tag: z.string(),
  /** How many pieces the answer has, how long each is at least, and the ms between two of them. */
  pieces: z.number(),
  size: z.number(),
  every: z.number(),
  form: z.enum(["text", "call", "json"]),
  /** A key of `faults`. */
  fault: z.string().optional(),
  /** The upstream says nothing: not even the head, or nothing after `f:`. */
  silent: z.enum(["head", "body"]).optional(),
  thinks: z.boolean(),
  /** The body's bytes come in pieces of this size. */
  cut: z.number().optional(),
  newFraming: z.boolean(),
  /** What the conversation before must hold; the answer is another without it. */
  recalls: z.string().optional(),
});

/** What one request asks of the upstream. */
export type Plan = Readonly<z.output<typeof planSchema>>;

const mark = /\[\[plan (\{.*?\})\]\]/gs;

/** A prompt that carries a plan. */
export function writePrompt(plan: Plan): string {
  return `Answer as planned. [[plan ${JSON.stringify(plan)}]]`;
}

/** The last plan in a text, if there is one. */
export function readPlan(text: string): Plan | undefined {
  const found = [...text.matchAll(mark)].at(-1)?.[1];
  return found === undefined ? undefined : planSchema.parse(JSON.parse(found));
}

/** A tag, as it stands in a text. */
const tagPattern = /soak\.[\w-]+\.\d+/g;

/** The tag of request number `index`. */
export function toTag(seed: string, index: number): string {
  return `soak.${seed}.${index}`;
}

/** All tags in a text. */
export function findTags(text: string): ReadonlySet<string> {
  return new Set(text.match(tagPattern));
}

/** The pieces of a planned answer, and its whole text. */
export function answerPieces({ tag, pieces, size, form }: Plan): readonly string[] {
  switch (form) {
    case "call":
      return [
        "<tool_call>\n",
        JSON.stringify({ name: "look_up", arguments: { tag, pieces } }),
        "\n</tool_call>",
      ];
    case "json":
      return [`{"tag": "${tag}", `, `"pieces": ${pieces}}`];
    default:
      return Array.from({ length: pieces }, (_, index) => `${tag}#${index} `.padEnd(size, "·"));
  }
}

/** What the model thinks before a planned answer. */
export function thoughtOf({ tag }: Plan): string {
  return `Thinking of ${tag}.`;
}

/** What an upstream answers that does not see the conversation before. */
export const forgotten = "The conversation before is lost.";
