import { z } from "zod";

import { type Effort, efforts } from "../../model/request.ts";
import { asksForNothing, findIgnored, isRecord } from "../find-ignored.ts";
import { optional } from "../optional.ts";
import { parseEffort, toEffort } from "../parse-effort.ts";

/** SGLang takes a share of all the thinking that there can be, too. */
const effortWord = z.union([
  z.string(),
  z
    .number()
    .min(0)
    .max(1)
    .transform((share) => efforts[Math.round(share * (efforts.length - 1))]),
]);

/**
 * The fields in which clients say how much a model shall think: OpenAI's `reasoning_effort`, `reasoning` of OpenRouter and AkashML (LM
 * Studio's is a word), variables of chat templates (`enable_thinking` of Qwen's and GLM's, `thinking` of DeepSeek's and Kimi's),
 * DashScope's `enable_thinking`, and `thinking: {type}` of DeepSeek's, Kimi's and Z.ai's own APIs.
 */
export const effortFields = {
  reasoning_effort: optional(effortWord),
  reasoning: optional(
    z.union([
      z.looseObject({
        effort: optional(effortWord),
        max_tokens: optional(z.int().min(-1)),
        enabled: optional(z.boolean()),
        exclude: optional(z.boolean()),
      }),
      z.string(),
      z.boolean(),
    ]),
  ),
  chat_template_kwargs: optional(z.looseObject({})),
  enable_thinking: optional(z.unknown()),
  thinking: optional(z.unknown()),
};

type EffortBody = z.output<z.ZodObject<typeof effortFields>>;

/** A field, what stands there, and the effort that it asks for, if any is known. */
type Wish = readonly [name: string, value: unknown, effort: Effort | undefined];

/** On is what hosts that know efforts take it for. A string in place of a boolean is refused by servers. */
function readSwitch(name: string, value: unknown): Wish {
  return [name, value, value === true ? "medium" : value === false ? "none" : undefined];
}

function readWord(name: string, value: string | undefined): Wish {
  return [name, value, parseEffort(value)];
}

function readReasoning(reasoning: EffortBody["reasoning"]): Wish[] {
  if (typeof reasoning === "string") return [readWord("reasoning", reasoning)];
  if (typeof reasoning !== "object") return [readSwitch("reasoning", reasoning)];
  const { effort, max_tokens: budget, enabled } = reasoning;
  return [
    readWord("reasoning.effort", effort),
    ["reasoning.max_tokens", budget, budget === undefined ? undefined : toEffort(budget)],
    readSwitch("reasoning.enabled", enabled),
  ];
}

function readThinking(thinking: unknown): Wish {
  if (!isRecord(thinking)) return readSwitch("thinking", thinking);
  const { type } = thinking;
  const effort = type === "enabled" ? "medium" : type === "disabled" ? "none" : undefined;
  return ["thinking.type", type, effort];
}

const templateSwitches = ["enable_thinking", "thinking"] as const;

function readWishes(body: EffortBody): Wish[] {
  const wishes = [
    readWord("reasoning_effort", body.reasoning_effort),
    ...readReasoning(body.reasoning),
    ...templateSwitches.map((name) =>
      readSwitch(`chat_template_kwargs.${name}`, body.chat_template_kwargs?.[name]),
    ),
    readSwitch("enable_thinking", body.enable_thinking),
    readThinking(body.thinking),
  ];
  return wishes.filter(([, value, effort]) => effort !== undefined || !asksForNothing(value));
}

/** The effort that a body asks for, and the fields that say so. Of several the first counts, but off is off. */
export function readEffort(body: EffortBody): {
  readonly effort: Effort | undefined;
  readonly names: readonly string[];
} {
  const wishes = readWishes(body).filter(([, , effort]) => effort !== undefined);
  const asked = wishes.map(([, , effort]) => effort);
  return {
    effort: asked.includes("none") ? "none" : asked[0],
    names: wishes.map(([name]) => name),
  };
}

/** Whether thinking shall not come with the answer (OpenRouter's `reasoning.exclude`). */
export function excludesReasoning({ reasoning }: Pick<EffortBody, "reasoning">): boolean {
  return typeof reasoning === "object" && reasoning.exclude === true;
}

/** What is read of the fields that are objects. */
const understood = {
  reasoning: new Set(["effort", "max_tokens", "enabled", "exclude"]),
  chat_template_kwargs: new Set<string>(templateSwitches),
  thinking: new Set(["type"]),
} as const;

/** What of these fields has no effect wherever the request is answered. */
export function findIgnoredEffort(body: EffortBody): string[] {
  const unknown = readWishes(body).filter(([, , effort]) => effort === undefined);
  const fields = ["reasoning", "chat_template_kwargs", "thinking"] as const;
  return [
    ...unknown.map(([name]) => name),
    ...fields.flatMap((name) => {
      const value = body[name];
      return isRecord(value) ? findIgnored(value, understood[name], `${name}.`) : [];
    }),
  ];
}
