/** The body of a coding agent's turn, in the words of one of the APIs. */
export type Wire = "messages" | "responses" | "chat";

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const words =
  "the file path must be absolute and inside of the workspace so that a change can be shown before it is written to disk";

/** Prose of about so many characters, other words for each seed. */
function prose(length: number, seed: number): string {
  const all = words.split(" ");
  const out: string[] = [];
  for (let at = seed, size = 0; size < length; at += 1 + (seed % 3)) {
    const word = all[at % all.length] ?? "";
    const end = at % 17 === 0 ? ".\n" : at % 53 === 0 ? "\n\n- " : " ";
    out.push(word + end);
    size += word.length + end.length;
  }
  return out.join("");
}

function createTool(at: number): Tool {
  const text = (length: number) => ({ type: "string", description: prose(length, at + length) });
  return {
    name: ["read", "write", "edit", "run", "search", "list"][at % 6] + `_${at}`,
    description: prose(820, at),
    schema: {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: {
        path: text(60),
        mode: { type: "string", enum: ["fast", "whole", "lines"], description: prose(40, at) },
        limit: { type: "integer", minimum: 1, maximum: 2000, description: prose(60, at) },
        edits: {
          type: "array",
          items: {
            type: "object",
            properties: { from: text(30), to: text(30), all: { type: "boolean", default: false } },
            required: ["from", "to"],
            additionalProperties: false,
          },
        },
        target: { anyOf: [{ type: "string" }, { type: "object", properties: { id: text(20) } }] },
      },
      required: ["path"],
      additionalProperties: false,
    },
  };
}

const known = Array.from({ length: 24 }, (_, at) => createTool(at));
const system = prose(12_000, 3);
const code = Array.from(
  { length: 24 },
  (_, at) => `  const value${at} = await read("src/file-${at}.ts"); // ${at}`,
);

/**
 * The JSON of the turn of this number: all turns share tools and system prompt, and each has another history. With `isFirst` it is
 * the first turn of another agent, whose tools nobody has seen before.
 */
export function createAgentBody(wire: Wire, turn: number, isFirst = false): string {
  const tools = isFirst ? known.map((tool) => ({ ...tool, name: `${tool.name}_${turn}` })) : known;
  const steps = Array.from({ length: 6 + (turn % 4) }, (_, at) => ({
    id: `call_${at}`,
    name: tools[at]?.name ?? "",
    input: { path: `/work/src/file-${at}.ts`, limit: 20 + at },
    result: `${at}\n${code.join("\n")}`,
  }));
  const question = `Please make the tests of part ${turn} pass.`;
  const shared = { model: "DeepSeek-V3.2", stream: true };
  if (wire === "messages") {
    return JSON.stringify({
      ...shared,
      max_tokens: 8192,
      system: [{ type: "text", text: system, cache_control: { type: "ephemeral" } }],
      tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
      messages: [
        { role: "user", content: [{ type: "text", text: question }] },
        ...steps.flatMap(({ id, name, input, result }) => [
          {
            role: "assistant",
            content: [
              { type: "text", text: "Next." },
              { type: "tool_use", id, name, input },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: result }] },
        ]),
      ],
    });
  }
  if (wire === "chat") {
    return JSON.stringify({
      ...shared,
      messages: [
        { role: "system", content: system },
        { role: "user", content: question },
        ...steps.flatMap(({ id, name, input, result }) => [
          {
            role: "assistant",
            content: "Next.",
            tool_calls: [{ id, type: "function", function: { name, arguments: JSON.stringify(input) } }],
          },
          { role: "tool", tool_call_id: id, content: result },
        ]),
      ],
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: "function",
        function: { name, description, parameters },
      })),
    });
  }
  return JSON.stringify({
    ...shared,
    store: false,
    instructions: system,
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: question }] },
      ...steps.flatMap(({ id, name, input, result }) => [
        { type: "function_call", call_id: id, name, arguments: JSON.stringify(input) },
        { type: "function_call_output", call_id: id, output: result },
      ]),
    ],
    tools: tools.map(({ name, description, schema: parameters }) => ({
      type: "function",
      name,
      description,
      parameters,
      strict: false,
    })),
  });
}

/** What a model answers: words, or a call of the first tool in the syntax that is taught. */
export function createAnswer(kind: "text" | "call"): readonly string[] {
  if (kind === "text") return Array.from({ length: 60 }, (_, at) => `word${at} `);
  const call = `I read the file.\n<function_calls>\n<invoke name="${known[0]?.name ?? ""}">\n<parameter name="path">/work/src/a.ts</parameter>\n<parameter name="limit">20</parameter>\n</invoke>\n</function_calls>`;
  return call.match(/[\s\S]{1,5}/g) ?? [];
}
