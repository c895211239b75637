import { thoughtsAbout } from "../built-in-answer.ts";
import { chooseCalls, type SimulatedCall } from "../choose-calls.ts";
import { fittingJson, jsonAnswer, plainJson } from "../json-answer.ts";
import { smallTalk } from "../small-talk.ts";
import { toolAnswer } from "../tool-answer.ts";
import type { ChatBody } from "../types.ts";
import type { Persona } from "./persona.ts";
import type { ChatMessage, ChatRequest } from "./read-chat.ts";
import type { CompatibleModel, ToolSupport } from "./types.ts";

/** What a model says, before it has the server's form. */
export interface Answer {
  readonly reasoning: string | undefined;
  readonly text: string | readonly (string | Promise<void>)[];
  readonly calls: readonly SimulatedCall[];
}

/** What surrounds the little model. */
export interface Mind {
  readonly persona: Persona;
  readonly model: CompatibleModel;
  readonly tools: ToolSupport;
  readonly leak: (calls: readonly SimulatedCall[]) => string;
}

/** The same little model that Akash Chat's simulator has, asked through another API. */
export function think(chat: ChatRequest, mind: Mind): Answer {
  const habits = mind.persona.request;
  const body = toChatBody(chat);
  const question = body.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const results = aboutResults(chat);
  const calls = results === undefined ? callsFor(chat, mind, question) : [];
  const text = results ?? (calls.length > 0 ? "" : (toolAnswer(body) ?? say(chat, body, habits.formats)));
  const thinks = mind.model.reasoning === true && habits.thinking(chat.body) !== "off";
  const leaks = mind.tools === "leaky" && calls.length > 0;
  return {
    reasoning: thinks ? thoughtsAbout(question) : undefined,
    text: cutAtStop(leaks ? mind.leak(calls) : text, chat.stop),
    calls: leaks ? [] : calls,
  };
}

/** The messages as the little model reads them: what the system says apart, all else as text. */
export function toChatBody({ messages, model }: ChatRequest): ChatBody {
  const system = messages.filter(isSystem).map(({ text }) => text);
  return {
    model,
    system: system.join("\n\n"),
    messages: messages
      .filter((message) => !isSystem(message))
      .map(({ role, text }) => ({ role, content: text })),
  };
}

function isSystem({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function callsFor(chat: ChatRequest, mind: Mind, question: string): readonly SimulatedCall[] {
  const shown = mind.tools === "native" || mind.tools === "leaky";
  const { toolChoice } = chat;
  if (!shown || toolChoice === "none") return [];
  const { request } = mind.persona;
  const heard = request.toolChoice === "kept";
  return chooseCalls(chat.tools, question, {
    named: heard && typeof toolChoice === "object" ? toolChoice.name : undefined,
    forced: heard && toolChoice === "required",
    single: request.parallelToolCalls === "kept" && !chat.parallelToolCalls,
  });
}

/** Words about the results at the end of the conversation, if there are any. */
function aboutResults({ messages }: ChatRequest): string | undefined {
  const last = messages.findLastIndex(({ role }) => role !== "tool");
  const results = messages.slice(last + 1);
  if (results.length === 0) return undefined;
  const names = Object.assign({}, ...messages.map(({ calls }) => calls)) as Record<string, string>;
  return results
    .map(({ toolCallId = "", text }) => `${names[toolCallId] ?? "The tool"} says: ${text.trim()}`)
    .join("\n\n");
}

function say(chat: ChatRequest, body: ChatBody, formats: Persona["request"]["formats"]): string {
  const question = body.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const { format } = chat;
  if (format.kind === "json_schema" && formats.includes("json_schema")) {
    return fittingJson(format.schema, question);
  }
  if (format.kind === "json_object" && formats.includes("json_object")) return plainJson(question);
  return jsonAnswer(body) ?? smallTalk(body);
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((at) => at !== -1);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}
