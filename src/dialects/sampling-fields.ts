import { z } from "zod";

import type { Mutable } from "../model/mutable.ts";
import { type Sampling, usualParameters } from "../model/request.ts";
import type { Spellings } from "./dialect.ts";
import { asksForNothing } from "./find-ignored.ts";
import { optional } from "./optional.ts";

const penalty = optional(z.number().min(-2).max(2));

/** 0 and 1 penalise nothing, but only the second is a factor. */
const factor = optional(
  z
    .number()
    .min(0)
    .transform((value) => (value === 0 ? undefined : value)),
);

/** Seeds of 64 bits are common, though their last digits get lost. */
const largestSeed = 2 ** 63;

/**
 * Sampling as OpenAI's chat completions and legacy completions have it, and as clients of vLLM, llama.cpp and OpenRouter send it beside
 * that: `top_k` (-1 and 0: the model's own), `min_p`, `repetition_penalty`, llama.cpp's and Ollama's `repeat_penalty`.
 */
export const samplingFields = {
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().min(0).max(1)),
  top_k: optional(
    z
      .int()
      .min(-1)
      .transform((count) => (count > 0 ? count : undefined)),
  ),
  min_p: optional(z.number().min(0).max(1)),
  seed: optional(
    z.number().refine(Number.isInteger, "expected a whole number").min(-largestSeed).lt(largestSeed),
  ),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  repetition_penalty: factor,
  repeat_penalty: factor,
};

/** `topP` is of Chat Completions alone. */
type Field = keyof typeof samplingFields | "topP";

/** The fields of each setting; the first that is given counts. */
const fieldsOf: Readonly<Record<keyof Sampling, readonly Field[]>> = {
  temperature: ["temperature"],
  topP: ["top_p", "topP"],
  topK: ["top_k"],
  minP: ["min_p"],
  seed: ["seed"],
  frequencyPenalty: ["frequency_penalty"],
  presencePenalty: ["presence_penalty"],
  repetitionPenalty: ["repetition_penalty", "repeat_penalty"],
};

const settings = Object.keys(fieldsOf) as (keyof Sampling)[];

/** Fields that only some upstreams take. */
export const rareSampling: ReadonlySet<string> = new Set(
  settings.filter((setting) => !usualParameters.includes(setting)).flatMap((setting) => fieldsOf[setting]),
);

/** The sampling that a body asks for, and how it says so. */
export function readSampling(body: { readonly [field in Field]?: number | undefined }): {
  readonly sampling: Sampling;
  readonly spellings: Spellings;
} {
  const sampling: Mutable<Sampling> = {};
  const spellings: Mutable<Spellings> = {};
  for (const setting of settings) {
    const given = fieldsOf[setting].filter((field) => body[field] !== undefined);
    const [first] = given;
    const value = first === undefined ? undefined : body[first];
    if (value === undefined) continue;
    sampling[setting] = value;
    // A temperature of 0 asks for something; the others are off then.
    const asked = given.filter((field) => field === "temperature" || !asksForNothing(body[field]));
    if (asked.length > 0) spellings[setting] = asked;
  }
  return { sampling, spellings };
}
