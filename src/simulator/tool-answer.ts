import { readOfferedTools, type OfferedField, type OfferedTool } from "./offered-tools.ts";
import type { ChatBody } from "./types.ts";

/** Words that say nothing about what a tool is for. */
const EMPTY_WORDS = new Set(
  "the and for from with this that your you are can could please what which when where who how get set use tool call give show tell into about given returns return current".split(
    " ",
  ),
);

/**
 * What a model that was offered tools says: a call when a tool suits the last message, words about the results once
 * they are there, `undefined` when tools don't come into it.
 */
export function toolAnswer(body: ChatBody): string | undefined {
  const system = body.system ?? "";
  if (!/<tool_call>|<function_calls>/.test(system)) return undefined;
  const question = body.messages.at(-1)?.content ?? "";
  if (/<tool_response\b/.test(question)) return aboutResults(question);

  const tools = readOfferedTools(system);
  const named = /you must call the tool ([\w.:/-]+)/.exec(system)?.[1];
  const forced = /you must call a tool/.test(system);
  const tool =
    tools.find(({ name }) => name === named) ?? bestTool(tools, question) ?? (forced ? tools[0] : undefined);
  if (tool === undefined) return undefined;
  const single = /at most one call/.test(system);
  const places = placesIn(question);
  const subjects = single || places.length < 2 ? [places[0]] : places;
  return subjects
    .map((place) => writeCall(tool, argumentsFor(tool, question, place), system))
    .filter((call, index, calls) => calls.indexOf(call) === index)
    .join("\n");
}

function aboutResults(turn: string): string {
  const results = [...turn.matchAll(/<tool_response([^>]*)>\n?([^]*?)\n?<\/tool_response/g)];
  const said = results.map(([, label = "", content = ""]) => {
    const name = /name="([^"]*)"/.exec(label)?.[1] ?? "The tool";
    return /error="true"/.test(label)
      ? `${name} failed: ${content.trim()}`
      : `${name} says: ${content.trim()}`;
  });
  return said.join("\n\n");
}

/** The tool that shares the most words with the question, if any. */
function bestTool(tools: readonly OfferedTool[], question: string): OfferedTool | undefined {
  const asked = wordsOf(question);
  const scored = tools.map((tool) => {
    const inName = wordsOf(tool.name).filter((word) => asked.some((other) => related(word, other)));
    const inText = wordsOf(tool.description).filter((word) => asked.includes(word));
    return { tool, score: inName.length * 3 + inText.length };
  });
  const best = scored.reduce((left, right) => (right.score > left.score ? right : left), {
    tool: undefined as OfferedTool | undefined,
    score: 1,
  });
  return best.tool;
}

function wordsOf(text: string): string[] {
  const words =
    text
      .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .match(/\p{L}{3,}/gu) ?? [];
  return words.filter((word) => !EMPTY_WORDS.has(word));
}

function related(left: string, right: string): boolean {
  return left === right || (left.length > 4 && right.startsWith(left.slice(0, 5)));
}

/** Required fields always; optional ones only where the question names one of their values. */
function argumentsFor(
  tool: OfferedTool,
  question: string,
  place: string | undefined,
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const field of tool.fields) {
    const choice = choiceIn(field, question);
    if (choice !== undefined) given[field.name] = choice;
    else if (field.required) given[field.name] = valueFor(field, question, place);
  }
  return given;
}

function choiceIn({ type }: OfferedField, question: string): string | undefined {
  return choicesOf(type).find((value) => question.toLowerCase().includes(value.toLowerCase()));
}

function choicesOf(type: string): string[] {
  return [...type.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? "");
}

function valueFor(field: OfferedField, question: string, place: string | undefined): unknown {
  const { name, type } = field;
  const [choice] = choicesOf(type);
  if (type.endsWith("[]")) return [textFor(name, question, place)];
  if (choice !== undefined) return choice;
  if (/^(?:number|integer)/.test(type)) return Number(/-?\d+(?:\.\d+)?/.exec(question)?.[0] ?? 1);
  if (type.startsWith("boolean")) return true;
  if (type.startsWith("{") || type.startsWith("object")) return {};
  return textFor(name, question, place);
}

/** Where a text of a certain name is usually found in a question. */
const SOURCES: readonly (readonly [name: RegExp, inQuestion: RegExp])[] = [
  [/url|link|uri/i, /https?:\/\/\S+/],
  [/path|file/i, /(?:[\w.-]*\/)*[\w-]+\.\w+|(?:\/[\w.-]+)+/],
  [/expr|formula|equation/i, /[-\d.(][-\d.()+*/^ ×÷]*\d\)?/],
  [/command|cmd/i, /`([^`]+)`/],
];

function textFor(name: string, question: string, place: string | undefined): string {
  if (/city|location|place|country|region|timezone/i.test(name) && place !== undefined) return place;
  const source = SOURCES.find(([pattern]) => pattern.test(name))?.[1];
  const found = source === undefined ? null : source.exec(question);
  if (found !== null) return (found[1] ?? found[0]).trim();
  const quoted = /["“`]([^"”`]+)["”`]/.exec(question)?.[1];
  return quoted ?? question.trim();
}

/** Names of places: what follows `in`, `for` or `at` with capital letters, or else any capitalised name. */
function placesIn(question: string): string[] {
  const name = "\\p{Lu}[\\p{L}'-]+(?: \\p{Lu}[\\p{L}'-]+)*";
  const list = new RegExp(`\\b(?:in|for|at|of|to) (${name}(?:(?:, | and |, and )${name})*)`, "u");
  const found = list.exec(question)?.[1];
  if (found !== undefined) return found.split(/, and |, | and /);
  const names = [...question.matchAll(new RegExp(`(?<=\\S ) *(${name})`, "gu"))];
  return names.map((match) => match[1] ?? "").slice(-1);
}

/** The call in the form that the prompt teaches, if it is one of the two known ones. */
function writeCall(tool: OfferedTool, given: Record<string, unknown>, system: string): string {
  if (!/<invoke name=/.test(system)) {
    return `<tool_call>\n${JSON.stringify({ name: tool.name, arguments: given })}\n</tool_call>`;
  }
  const parameters = Object.entries(given).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `<parameter name="${name}">${text}</parameter>\n`;
  });
  return `<function_calls>\n<invoke name="${tool.name}">\n${parameters.join("")}</invoke>\n</function_calls>`;
}
