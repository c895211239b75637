import { splitText } from "../split-text.ts";
import type { Answer } from "./brain.ts";
import type { CallPiece, Persona, WireUsage } from "./persona.ts";
import type { ChatRequest } from "./read-chat.ts";
import type { AnswerScript } from "./types.ts";

/** One delta of an answer. */
export type Part =
  | { readonly kind: "reasoning" | "text"; readonly text: string }
  | { readonly kind: "call"; readonly piece: CallPiece };

/** An answer as its server gives it, in deltas; a promise among them is waited for. */
export interface Outcome {
  readonly parts: readonly (Part | Promise<void>)[];
  readonly finish: string;
  /** `undefined`: none is told. */
  readonly usage: WireUsage | undefined;
  readonly breaks: AnswerScript["breaks"];
}

/** What the outcome depends on besides the answer. */
export interface Circumstances {
  readonly persona: Persona;
  readonly chat: ChatRequest;
  /** Which answer of the server it is, from 1. */
  readonly count: number;
  readonly promptTokens: number;
  /** Deltas after which the answer is cut. */
  readonly limit: number | undefined;
  readonly script: AnswerScript | undefined;
}

/** Brings an answer into the server's form: where thinking goes, how calls are cut, where the limit cuts all. */
export function toOutcome(answer: Answer, circumstances: Circumstances): Outcome {
  const { persona, chat, limit, script, promptTokens } = circumstances;
  const wish = persona.request.thinking(chat.body);
  // What a script gives is said, as by a model that thinks although it should not.
  const where = script !== undefined && wish === "off" ? "field" : wish;
  const all = [...textParts(answer, where), ...callParts(answer, circumstances)];
  const cut = limit !== undefined && all.length > limit;
  const said = cut ? all.slice(0, limit) : all;
  const usual = answer.calls.length > 0 ? persona.reply.finishOfCalls(chat.toolChoice) : "stop";
  const tokens = script?.usage ?? {
    promptTokens,
    completionTokens: said.reduce((sum, part) => sum + tokensOf(part), 0),
  };
  return {
    parts: where === "hidden" ? said.filter((part) => !("kind" in part) || part.kind !== "reasoning") : said,
    finish: script?.finish ?? (cut ? "length" : usual),
    usage: script?.usage === null ? undefined : toUsage(tokens.promptTokens, tokens.completionTokens),
    breaks: script?.breaks,
  };
}

/** Counts as they are written. */
export function toUsage(prompt: number, completion: number): WireUsage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function textParts({ reasoning, text }: Answer, where: string): (Part | Promise<void>)[] {
  const thoughts = reasoning === undefined || where === "off" ? [] : splitText(reasoning);
  const inContent = where === "content" && thoughts.length > 0;
  const before = inContent ? splitText(`<think>\n${thoughts.join("")}\n</think>\n\n`) : [];
  const deltas = [...before, ...(typeof text === "string" ? splitText(text) : text)];
  return [
    ...(inContent ? [] : thoughts.map((delta): Part => ({ kind: "reasoning", text: delta }))),
    ...deltas.map((delta) => (typeof delta === "string" ? ({ kind: "text", text: delta } as const) : delta)),
  ];
}

function callParts({ calls }: Answer, { persona, chat, count }: Circumstances): Part[] {
  const { reply } = persona;
  const before = chat.messages.reduce((sum, message) => sum + Object.keys(message.calls).length, 0);
  return calls.flatMap((call, index) => {
    const id = reply.callId(call, index, count, before);
    const input = JSON.stringify(call.input);
    const texts = reply.pieces === "whole" ? [input] : splitText(input);
    const pieces = reply.nameFirst ? ["", ...texts] : texts;
    return pieces.map((text, piece): Part => ({ kind: "call", piece: { call, index, id, piece, text } }));
  });
}

function tokensOf(part: Part | Promise<void>): number {
  if (!("kind" in part)) return 0;
  return part.kind === "call" ? Math.max(1, splitText(part.piece.text).length) : 1;
}
