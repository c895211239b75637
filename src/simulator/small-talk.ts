import type { ChatBody } from "./types.ts";

type Talk = readonly [when: RegExp, say: (match: RegExpExecArray, body: ChatBody) => string];

const GREETING = /^\s*(hi|hello|hey|good (?:morning|evening|day)|ahoj|hola|bonjour|hallo|你好)(?!\p{L})/iu;

/** What the little model can talk about; the first that fits the last message answers. */
const TALKS: readonly Talk[] = [
  [
    /\b(?:say|(?:reply|answer|respond)(?: only| just| exactly)?(?: with|:))(?: only| just| exactly)?(?: the words?)?:? *["“'`]?([^"”'`?\n]{1,200}?)["”'`]?[.!]?\s*$/i,
    (match) => match[1] ?? "",
  ],
  [
    /\b(?:what|which) (?:ai )?model\b|\bwho are you\b|\bwhat are you\b/i,
    (_match, body) =>
      `I am ${body.model ?? "a model"}, played by the offline simulator. I answer by simple rules, without a network.`,
  ],
  [/\bcount (?:from \d+ )?(?:up )?to (\d{1,3})\b/i, (match) => countTo(Number(match[1]))],
  [
    /(?:\bwhat(?:'s| is)|\bcalculate|\bcompute|\bhow much is|^) *(-?\d+(?:\.\d+)?) *([-+*/×÷]) *(-?\d+(?:\.\d+)?)/i,
    (match) => calculate(match),
  ],
  [/\bwhat(?:'s| is) my name\b/i, (_match, body) => recallName(body)],
  [
    /\bmy name is (\p{L}[\p{L}'-]*)/iu,
    (match) => `Nice to meet you, ${match[1] ?? ""}! I will remember your name in this conversation.`,
  ],
  [/\b(?:code|function|script|program|python|javascript|typescript)\b/i, (match) => codeAnswer(match.input)],
  [/\b(?:list|explain|table|markdown|compare|why|how)\b/i, (match) => markdownAnswer(match.input)],
  [/\b(?:poem|haiku)\b/i, () => "Packets cross the night,\nno cloud between you and me —\nonly localhost."],
  [/\bthank(?:s| you)\b/i, () => "You are welcome!"],
  [
    GREETING,
    (match) =>
      `${match[1] ?? "Hello"}! I am the offline simulator's little model. Ask me to count to 10, to show some code, or to draw with AkashGen. 🙂`,
  ],
];

/** Characters of a message that the little model reads. */
const ATTENTION = 4000;

/** A sensible short answer to the last message. */
export function smallTalk(body: ChatBody): string {
  const question =
    body.messages
      .findLast(({ role }) => role === "user")
      ?.content.trim()
      .slice(0, ATTENTION) ?? "";
  if (question === "") return "You sent an empty message. What would you like to know?";
  for (const [when, say] of TALKS) {
    const match = when.exec(question);
    if (match !== null) return say(match, body);
  }
  const files = (body.context ?? []).map(({ name }) => String(name));
  const read = files.length === 0 ? "" : ` I have read ${files.join(", ")}.`;
  return `You wrote: “${shorten(question)}”.${read} I am only a simulator, so that is all I know about it.`;
}

function countTo(last: number): string {
  return Array.from({ length: last }, (_, index) => String(index + 1)).join(", ");
}

function calculate([, left = "0", sign = "+", right = "0"]: RegExpExecArray): string {
  const [a, b] = [Number(left), Number(right)];
  const results: Readonly<Record<string, number>> = {
    "+": a + b,
    "-": a - b,
    "*": a * b,
    "×": a * b,
    "/": a / b,
    "÷": a / b,
  };
  return `${left} ${sign} ${right} = ${results[sign] ?? Number.NaN}`;
}

function recallName(body: ChatBody): string {
  const told = body.messages
    .map(({ content }) => /\bmy name is (\p{L}[\p{L}'-]*)/iu.exec(content)?.[1])
    .findLast((name) => name !== undefined);
  return told === undefined ? "You have not told me your name yet." : `Your name is ${told}.`;
}

function codeAnswer(question: string): string {
  return /python/i.test(question)
    ? 'Here is a small example:\n\n```python\ndef greet(name: str) -> str:\n    return f"Hello, {name}!"\n\n\nprint(greet("Akash"))\n```\n\nIt prints `Hello, Akash!`.'
    : 'Here is a small example:\n\n```ts\nfunction greet(name: string): string {\n  return `Hello, ${name}!`;\n}\n\nconsole.log(greet("Akash"));\n```\n\nIt prints `Hello, Akash!`.';
}

function markdownAnswer(question: string): string {
  return [
    "## In short",
    "",
    `You asked: *${shorten(question)}*`,
    "",
    "1. **First**, this answer comes from the offline simulator.",
    "2. **Second**, it streams like the real service does.",
    "3. **Third**, it is the same every time.",
    "",
    "| part | state |",
    "| --- | --- |",
    "| network | not needed |",
    "| answer | complete |",
  ].join("\n");
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length > 160 ? `${characters.slice(0, 157).join("")}…` : line;
}
