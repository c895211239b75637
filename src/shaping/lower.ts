import type { Capabilities } from "../model/capabilities.ts";
import type {
  ChatRequest,
  FilePart,
  ImagePart,
  Message,
  ReasoningPart,
  ResponseFormat,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../model/request.ts";
import { numberCallIds } from "./number-call-ids.ts";
import { removeThinking } from "./remove-thinking.ts";
import { joinTurns, type Turn } from "./turns.ts";

/** A result with the name of the tool that gave it, where the conversation still has the call. */
export type NamedResult = ToolResultPart & { readonly name?: string };

/** What lowering needs besides the request. */
export interface LowerOptions {
  /** The upstream's own model id. */
  readonly model: string;
  readonly can: Pick<
    Capabilities,
    "tools" | "jsonSchema" | "jsonObject" | "reasoning" | "stop" | "outputLimit"
  >;
  /** Stands in when the conversation has no system message. */
  readonly systemPrompt?: string | undefined;
  /** Go behind the client's system text, in this order; empty ones are left out. */
  readonly prompts: readonly string[];
  /** How calls and results of the history are written where the model takes only text. */
  readonly renderCalls: (calls: readonly ToolCallPart[]) => string;
  readonly renderResults: (results: readonly NamedResult[]) => string;
}

const gap = "\n\n";
const continueText =
  "Continue your last message exactly where it stopped. Write only what comes next; do not repeat any of it.";
const beginText = "Begin.";

/** Whether the model is offered tools. */
export function usesTools({ tools, toolChoice }: Pick<ChatRequest, "tools" | "toolChoice">): boolean {
  return tools.length > 0 && toolChoice.kind !== "none";
}

/**
 * The form that the upstream itself is asked for. While tools are offered none is: servers that hold a model to a form keep it
 * from calling.
 */
export function nativeFormat(
  request: Pick<ChatRequest, "responseFormat" | "tools" | "toolChoice">,
  can: Pick<Capabilities, "jsonSchema" | "jsonObject">,
): ResponseFormat {
  const { responseFormat } = request;
  const support =
    responseFormat.kind === "json-schema"
      ? can.jsonSchema
      : responseFormat.kind === "json-object"
        ? can.jsonObject
        : "emulated";
  return support === "native" && !usesTools(request) ? responseFormat : { kind: "text" };
}

/**
 * Takes out of a request what the model can't do, and leaves what it can:
 * - system messages that lead become one system text, in order, with blank lines between; later ones stay in their
 *   place, marked, in the user turn beside them: what was said at its time must neither reach back nor lose its order;
 * - without native tools, calls and results become text; with them, each call has its result right behind it, and what has
 *   lost its call becomes text, and no two calls of a turn have one id: servers refuse conversations in which they don't fit;
 * - reasoning of earlier answers stays only where the model takes it back; `<think>` blocks in their text are left out;
 * - neighbouring turns of one role become one, since many chat templates insist on alternation;
 * - images that are still URLs are left out (fetch them first);
 * - a conversation that ends with the assistant's words asks to continue them;
 * - a form, stop sequences and a limit of tokens stay only where the upstream keeps them.
 *
 * For a model that can do nothing but write it is plain text: at most one system message, then turns of user and assistant.
 */
export function lower(request: ChatRequest, options: LowerOptions): ChatRequest {
  const { can } = options;
  const hasTools = can.tools === "native";
  const system: string[] = [];
  const turns: Turn[] = [];
  const names = new Map<string, string>();

  let leading = true;
  for (const message of numberCallIds(request.messages)) {
    leading &&= message.role === "system";
    switch (message.role) {
      case "system": {
        const texts = textsOf(message.parts);
        if (leading) system.push(...texts);
        else if (texts.length > 0) turns.push({ role: "user", parts: texts.map(markSystemText) });
        break;
      }
      case "user":
        turns.push({ role: "user", parts: orBlank(message.parts.filter(isGiven)) });
        break;
      case "assistant":
        for (const part of message.parts) if (part.type === "tool-call") names.set(part.callId, part.name);
        turns.push({ role: "assistant", parts: lowerAssistant(message.parts, options) });
        break;
      case "tool": {
        const named = message.parts.map((part) => withName(part, names));
        turns.push(
          hasTools
            ? { role: "tool", parts: named }
            : { role: "user", parts: toTextParts(named, options.renderResults) },
        );
        break;
      }
    }
  }

  const joined = joinTurns(turns, options.renderResults);
  const last = joined.at(-1);
  if (last === undefined) joined.push({ role: "user", parts: [toText(beginText)] });
  else if (last.role === "assistant") joined.push({ role: "user", parts: [toText(continueText)] });

  const { systemPrompt, prompts } = options;
  const systemText = [
    ...(system.length > 0 || systemPrompt === undefined ? system : [systemPrompt]),
    ...prompts.filter((prompt) => prompt !== ""),
  ].join(gap);
  const { maxOutputTokens, ...rest } = request;
  return {
    ...rest,
    model: options.model,
    messages: [
      ...(systemText === "" ? [] : [{ role: "system", parts: [toText(systemText)] } as const]),
      ...joined,
    ],
    tools: hasTools ? request.tools : [],
    toolChoice: hasTools ? request.toolChoice : { kind: "auto" },
    responseFormat: nativeFormat(request, can),
    stopSequences: can.stop === "native" ? request.stopSequences : [],
    ...(maxOutputTokens === undefined || can.outputLimit !== "native" ? {} : { maxOutputTokens }),
  };
}

function toText(text: string): TextPart {
  return { type: "text", text };
}

/** A system message between the turns, as the model reads it. The tags tell it from the user's own words. */
function markSystemText(text: string): TextPart {
  return toText(`<system-message>\n${text}\n</system-message>`);
}

/** One text with all that was said, then the calls; nothing at all for an answer without a word. */
function lowerAssistant(
  parts: readonly (TextPart | ReasoningPart | ToolCallPart)[],
  { can, renderCalls }: LowerOptions,
): readonly (TextPart | ReasoningPart | ToolCallPart)[] {
  const calls = parts.filter((part) => part.type === "tool-call");
  const texts = textsOf(parts).map(removeThinking);
  if (can.tools !== "native" && calls.length > 0) texts.push(renderCalls(calls));
  const text = texts.filter((one) => one.trim() !== "").join(gap);
  return [
    ...(can.reasoning === "native" ? parts.filter((part) => part.type === "reasoning") : []),
    ...(text === "" ? [] : [toText(text)]),
    ...(can.tools === "native" ? calls : []),
  ];
}

/** Results as text, with their images behind it. */
function toTextParts(
  results: readonly NamedResult[],
  render: LowerOptions["renderResults"],
): readonly (TextPart | ImagePart)[] {
  return [toText(render(results)), ...results.flatMap(({ content }) => content.filter(isInlineImage))];
}

function withName(result: ToolResultPart, names: ReadonlyMap<string, string>): NamedResult {
  const name = names.get(result.callId);
  return name === undefined ? result : { ...result, name };
}

function textsOf(parts: Message["parts"]): string[] {
  return parts.flatMap((part) => (part.type === "text" && part.text.trim() !== "" ? [part.text] : []));
}

/** A user who says nothing has had a turn all the same. */
function orBlank<Part>(parts: readonly Part[]): readonly (Part | TextPart)[] {
  return parts.length === 0 ? [toText("")] : parts;
}

function isGiven(part: TextPart | ImagePart | FilePart): boolean {
  return part.type === "text" ? part.text.trim() !== "" : part.type !== "image" || isInlineImage(part);
}

function isInlineImage(part: TextPart | ImagePart): part is ImagePart {
  return part.type === "image" && part.source.kind === "data";
}
