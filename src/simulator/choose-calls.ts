import type { OfferedField, OfferedTool } from "./offered-tools.ts";

/** A call that a model makes. */
export interface SimulatedCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What is said about whether and how tools are called. */
export interface CallWish {
  /** The tool that must be called. */
  readonly named?: string | undefined;
  /** Some tool must be called. */
  readonly forced?: boolean;
  /** Not more than one call. */
  readonly single?: boolean;
}

/** Words that say nothing about what a tool is for. */
const EMPTY_WORDS = new Set(
  "the and for from with this that your you are can could please what which when where who how get set use tool call give show tell into about given returns return current".split(
    " ",
  ),
);

/** The calls that the little model makes on a question, one for each place in it; none when no tool suits. */
export function chooseCalls(
  tools: readonly OfferedTool[],
  question: string,
  wish: CallWish,
): SimulatedCall[] {
  const tool =
    tools.find(({ name }) => name === wish.named) ??
    bestTool(tools, question) ??
    (wish.forced === true ? tools[0] : undefined);
  if (tool === undefined) return [];
  const places = placesIn(question);
  const subjects = wish.single === true || places.length < 2 ? [places[0]] : places;
  const inputs = subjects.map((place) => argumentsFor(tool, question, place));
  const seen = inputs.map((input) => JSON.stringify(input));
  return inputs
    .filter((_, index) => seen.indexOf(seen[index] ?? "") === index)
    .map((input) => ({ name: tool.name, input }));
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
