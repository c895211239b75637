import { readFileSync } from "node:fs";

import { post, readChunks, type AnyJson } from "../../support/post.ts";
import type { Stack } from "../../support/start-stack.ts";

/** A text as a model wrote it, with what a client must get. */
export interface ModelText {
  readonly id: string;
  readonly kind: "tools" | "look-alike" | "reasoning" | "json";
  /** The form of the text, and where it was seen. */
  readonly family: string;
  readonly source: string;
  readonly model: string;
  /** `standard`: the tools of standard-tools.json. */
  readonly tools?: "standard" | readonly object[];
  /** More fields of the request. */
  readonly request?: object;
  /** The schema of the answer, for kind `json`. */
  readonly schema?: object;
  readonly text: string;
  readonly expect: {
    readonly calls?: readonly (readonly [name: string, args: unknown])[];
    readonly content?: string;
    readonly reasoning?: string;
    readonly finish?: string;
    readonly value?: unknown;
  };
  readonly note?: string;
}

/** What came of a text. */
export interface Outcome {
  readonly status: number;
  /** How often the upstream was asked. */
  readonly asked: number;
  readonly calls: readonly (readonly [string, unknown])[];
  readonly content: string;
  readonly reasoning: string;
  readonly finish: string | undefined;
  /** Of an error, in the body or in the stream. */
  readonly error: string | undefined;
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), "utf8");

const standardTools: unknown = JSON.parse(fixture("standard-tools.json"));

/** All texts. */
export const modelTexts: readonly ModelText[] = fixture("model-texts.jsonl")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as ModelText);

/** How a text is sent: whole, or streamed in pieces of so many characters. */
export type Delivery = "whole" | { readonly pieces: number };

/** Streamed in these ways, and whole. */
export const deliveries: readonly Delivery[] = [
  "whole",
  { pieces: 1 },
  { pieces: 3 },
  { pieces: Number.POSITIVE_INFINITY },
];

/** The name of a delivery. */
export function nameOf(delivery: Delivery): string {
  if (delivery === "whole") return delivery;
  return Number.isFinite(delivery.pieces) ? `streamed by ${delivery.pieces}` : "streamed at once";
}

function cut(text: string, size: number): string[] {
  if (!Number.isFinite(size)) return [text];
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(""));
  return pieces;
}

function readArguments(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return `not JSON: ${text}`;
  }
}

interface WireMessage {
  content?: string | null;
  reasoning_content?: string;
  tool_calls?: { index?: number; function: { name?: string; arguments?: string } }[];
}

/** The message that a stream's chunks come to. */
function collect(chunks: readonly AnyJson[]): { message: WireMessage; finish: string | undefined } {
  const calls: { function: { name: string; arguments: string } }[] = [];
  let content = "";
  let reasoning = "";
  let finish: string | undefined;
  for (const chunk of chunks) {
    const choice = chunk.choices?.[0];
    const delta = (choice?.delta ?? {}) as WireMessage;
    content += delta.content ?? "";
    reasoning += delta.reasoning_content ?? "";
    for (const call of delta.tool_calls ?? []) {
      const known = (calls[call.index ?? 0] ??= { function: { name: "", arguments: "" } });
      known.function.name += call.function.name ?? "";
      known.function.arguments += call.function.arguments ?? "";
    }
    finish = choice?.finish_reason ?? finish;
  }
  return { message: { content, reasoning_content: reasoning, tool_calls: calls }, finish };
}

/** Has a model of the stack write a text, once, and gives what a client of Chat Completions gets. */
export async function deliver(stack: Stack, text: ModelText, delivery: Delivery): Promise<Outcome> {
  const { simulator } = stack;
  const before = simulator.chats.length;
  const pieces = cut(text.text, delivery === "whole" ? 3 : delivery.pieces);
  simulator.enqueue({ text: pieces });
  const { schema, tools } = text;
  const reply = await post(`${stack.url}/v1/chat/completions`, {
    model: text.model,
    messages: [{ role: "user", content: "Go on." }],
    stream: delivery !== "whole",
    ...(tools === undefined || tools.length === 0
      ? {}
      : { tools: tools === "standard" ? standardTools : tools }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: "json_schema", json_schema: { name: "person", schema } } }),
    ...text.request,
  });
  const asked = simulator.chats.length - before;
  const failed = { calls: [], content: "", reasoning: "", finish: undefined };
  if (reply.status !== 200) {
    return { ...failed, status: reply.status, asked, error: reply.json().error?.message };
  }
  if (delivery !== "whole" && reply.text.includes('"error":{')) {
    return { ...failed, status: 200, asked, error: reply.text.slice(-400) };
  }
  const { message, finish } =
    delivery === "whole"
      ? {
          message: reply.json().choices[0].message as WireMessage,
          finish: reply.json().choices[0].finish_reason as string,
        }
      : collect(readChunks(reply.text));
  return {
    status: reply.status,
    asked,
    calls: (message.tool_calls ?? []).map(({ function: { name = "", arguments: args = "" } }) => [
      name,
      readArguments(args),
    ]),
    content: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    finish,
    error: undefined,
  };
}
