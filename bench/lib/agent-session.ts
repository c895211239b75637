import { agentTools } from "../../test/fixtures/tool-calls/agent-tools.ts";
import { writeWish, type Wish } from "./marker.ts";

/** Turns of one session; then another begins, with another history of the same length. */
const turnsOfSession = 15;
/** Of a description; brings the tools to some 40 kB. */
const longestDescription = 1000;

const tools = JSON.stringify(
  agentTools.map(({ name, description, parameters }) => ({
    name,
    description: description.slice(0, longestDescription),
    input_schema: parameters,
  })),
);

const rules = [
  "Do what was asked, nothing more, and finish it: an answer that only announces work is of no use to the user.",
  "Read a file before you change it; keep to the style that you find there, its names, its imports and its tests.",
  "Never invent a path, a flag or an API. Look it up with the tools, and say so when you could not find it.",
  "Prefer to change what exists over adding files. Don't write documentation that nobody asked for.",
  "Use several tools in one answer when they do not depend on each other, and wait for results otherwise.",
  "Commands that delete, publish or overwrite need the user's consent unless the task itself is exactly that.",
  "After a change run the project's checks, read their output, and mend what you broke before you report.",
  "Keep answers short. The user reads them in a terminal: no headings, no emojis, at most a few lines.",
];
const sections = [
  "Tone",
  "Files",
  "Searching",
  "Commands",
  "Commits",
  "Tests",
  "Security",
  "Plans",
  "Review",
  "Errors",
];

/** Some 15 kB of the kind that coding agents send. */
const system = sections
  .map((section, index) => {
    const lines = Array.from({ length: 14 }, (_, line) => `- ${rules[(index * 3 + line) % rules.length]}`);
    return `# ${section}\n\nWhat holds for ${section.toLowerCase()} in this workspace:\n${lines.join("\n")}`;
  })
  .join("\n\n");

const user = (content: unknown): string => JSON.stringify({ role: "user", content });
const assistant = (content: unknown): string => JSON.stringify({ role: "assistant", content });

/** A file as a tool shows it. No two are equal. */
function fileOf(session: number, step: number, lines: number): string {
  const names = ["order", "cart", "price", "stock", "user", "mail", "token", "batch"];
  return Array.from({ length: lines }, (_, line) => {
    const name = names[(session * 7 + step * 3 + line) % names.length] ?? "item";
    const code = [
      `export async function load${name}${step}(id: string): Promise<Result<${name}>> {`,
      `  const row = await db.query("select * from ${name}s where id = $1 and version > ${session}", [id]);`,
      `  if (row === undefined) return { ok: false, reason: "no ${name} ${step}-${line}" };`,
      `  log.debug({ id, took: performance.now() - begin, ${name}: row.${name}_id }, "loaded");`,
      `  return { ok: true, value: parse${name}(row) };`,
      "}",
    ];
    return `${String(line + 1).padStart(6)}\t${code[line % code.length]}`;
  }).join("\n");
}

/** A step of the history: a call and its result. */
function stepOf(session: number, step: number, lines: number, more = ""): readonly string[] {
  const id = `toolu_${session}_${step}`;
  const path = `/work/shop/src/orders/part-${session}-${step}.ts`;
  return [
    assistant([
      { type: "text", text: `Part ${step} next.` },
      { type: "tool_use", id, name: "Read", input: { file_path: path, limit: lines } },
    ]),
    user([{ type: "tool_result", tool_use_id: id, content: `${fileOf(session, step, lines)}${more}` }]),
  ];
}

/** Bodies as a coding agent sends them. */
export interface AgentSession {
  /** The body of the next turn: some 68 kB, and a little longer than the one before. */
  next(wish: Wish): string;
}

/**
 * A coding agent at work: 15 kB of system prompt, 24 tools of 40 kB, several calls and results, to which each turn adds one.
 * After 15 turns another conversation begins, whose texts the gateway has not seen yet. `first` tells agents apart.
 */
export function createAgentSession(first: number): AgentSession {
  let session = first;
  let turn = 0;
  let history: string[] = [];
  const begin = (): string[] => [
    user([
      { type: "text", text: `Customers see error 409 in session ${session}. Find out why and mend it.` },
    ]),
    ...Array.from({ length: 7 }, (_, step) => stepOf(session, step, 17)).flat(),
  ];
  return {
    next(wish) {
      if (turn % turnsOfSession === 0) {
        session += 1000;
        history = begin();
      }
      turn += 1;
      const [call = "", result = ""] = stepOf(session, 100 + turn, 1, `\n${writeWish(wish)}`);
      history.push(call, result);
      const texts = JSON.stringify([{ type: "text", text: system, cache_control: { type: "ephemeral" } }]);
      return `{"model":"bench","max_tokens":8000,"stream":true,"system":${texts},"tools":${tools},"messages":[${history.join(",")}]}`;
    },
  };
}
