import { z } from "zod";

import type { Effort } from "../../model/request.ts";
import { asksForNothing, findIgnored, isRecord } from "../find-ignored.ts";
import { optional } from "../optional.ts";
import { parseEffort, toEffort } from "../parse-effort.ts";

/**
 * The fields in which clients say how much a model shall think: OpenAI's `reasoning_effort`, `reasoning` of OpenRouter and AkashML,
 * variables of chat templates (`enable_thinking` of Qwen's and GLM's, `thinking` of DeepSeek's and Kimi's), DashScope's
 * `enable_thinking`, and `thinking: {type}` of DeepSeek's, Kimi's and Z.ai's own APIs.
 */
export const effortFields = {
  reasoning_effort: optional(z.string()),
  reasoning: optional(
    z.looseObject({
      effort: optional(z.string()),
      max_tokens: optional(z.int().min(-1)),
      enabled: optional(z.boolean()),
      exclude: optional(z.boolean()),
    }),
  ),
  chat_template_kwargs: optional(z.looseObject({})),
  enable_thinking: optional(z.unknown()),
  thinking: optional(z.unknown()),
};

type EffortBody = z.output<z.ZodObject<typeof effortFields>>;

/** A field that asks for an effort; `undefined`: for none that is known. */
type Wish = readonly [name: string, effort: Effort | undefined];

/** On, as hosts take it that know efforts; strings for it are refused by servers. */
function toSwitch(value: unknown): Effort | undefined {
  return value === true ? "medium" : value === false ? "none" : undefined;
}

function readWishes(body: EffortBody): Wish[] {
  const { reasoning_effort: word, reasoning, chat_template_kwargs: template = {}, thinking } = body;
  const {
    effort,
    max_tokens: budget,
    enabled,
  } = reasoning ?? {
    effort: undefined,
    max_tokens: undefined,
    enabled: undefined,
  };
  const wishes: [name: string, value: unknown, effort: Effort | undefined][] = [
    ["reasoning_effort", word, parseEffort(word)],
    ["reasoning.effort", effort, parseEffort(effort)],
    ["reasoning.max_tokens", budget, budget === undefined ? undefined : toEffort(budget)],
    ["reasoning.enabled", enabled, toSwitch(enabled)],
    ...["enable_thinking", "thinking"].map((name): [string, unknown, Effort | undefined] => [
      `chat_template_kwargs.${name}`,
      template[name],
      toSwitch(template[name]),
    ]),
    ["enable_thinking", body.enable_thinking, toSwitch(body.enable_thinking)],
  ];
  if (isRecord(thinking)) {
    const { type } = thinking;
    const isOn = type === "enabled" ? true : type === "disabled" ? false : undefined;
    wishes.push(["thinking.type", type, toSwitch(isOn)]);
  } else wishes.push(["thinking", thinking, toSwitch(thinking)]);
  return wishes
    .filter(([, value, wished]) => wished !== undefined || !asksForNothing(value))
    .map(([name, , wished]) => [name, wished]);
}

/** The effort that a body asks for, and the fields that say so. Of several the first counts, but off is off. */
export function readEffort(body: EffortBody): {
  readonly effort: Effort | undefined;
  readonly names: readonly string[];
} {
  const wishes = readWishes(body).filter(([, effort]) => effort !== undefined);
  const efforts = wishes.map(([, effort]) => effort);
  return {
    effort: efforts.includes("none") ? "none" : efforts[0],
    names: wishes.map(([name]) => name),
  };
}

const read: Readonly<Record<"reasoning" | "template" | "thinking", ReadonlySet<string>>> = {
  reasoning: new Set(["effort", "max_tokens", "enabled", "exclude"]),
  template: new Set(["enable_thinking", "thinking"]),
  thinking: new Set(["type"]),
};

/** What of these fields has no effect wherever the request is answered. */
export function findIgnoredEffort(body: EffortBody): string[] {
  return [
    ...readWishes(body).flatMap(([name, effort]) => (effort === undefined ? [name] : [])),
    ...findIgnored(body.reasoning ?? {}, read.reasoning, "reasoning."),
    ...findIgnored(body.chat_template_kwargs ?? {}, read.template, "chat_template_kwargs."),
    ...(isRecord(body.thinking) ? findIgnored(body.thinking, read.thinking, "thinking.") : []),
  ];
}
