import type { ToolDefinition } from "../../../model/request.ts";
import type { ToolRequest } from "../tool-request.ts";
import { createUnfolding, describeSchema, type Detail, type Unfolding } from "./describe-schema.ts";
import { firstSentence } from "./first-sentence.ts";
import { squeeze } from "./squeeze.ts";
import { taughtSyntaxFor } from "./taught-syntax.ts";

const none: ReadonlySet<string> = new Set();

/**
 * The part of the system prompt that offers the tools; the caller joins it with the user's own. Empty when there
 * are no tools or `toolChoice` is none. Tools are written as signatures, which keeps every type, limit and
 * description and leaves out what JSON needs for itself. Of tools whose names are in `shortened` it tells the short form.
 */
export function createToolPrompt(
  request: ToolRequest,
  model: string,
  shortened: ReadonlySet<string> = none,
): string {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || toolChoice.kind === "none") return "";
  const syntax = taughtSyntaxFor(model);
  const rules = [
    syntax.values,
    "Only the tools listed above exist. Give every required field, and only fields that are listed; fields marked ? are optional.",
    "A call stands by itself: never inside a code fence, quotes or your reasoning. A short text before it is fine.",
    request.parallelToolCalls
      ? "Independent calls may follow one another, each in a block of its own."
      : "Make at most one call in an answer.",
    "End your answer after the calls. The results come in the next message as <tool_response> blocks; never write those yourself.",
    choiceRule(request),
  ];
  return [
    "# Tools",
    "",
    "You can call these tools. Each is given as its name, the fields of its arguments as a type, and what it does.",
    "",
    describeOnce(
      tools,
      tools.map(({ name }) => (shortened.has(name) ? "short" : "full")),
    ),
    "# How to call a tool",
    "",
    "Write exactly this, with the real name, keys and values:",
    syntax.form,
    ...rules.map((rule) => `- ${rule}`),
  ].join("\n");
}

/**
 * What was written of a list of tools, by the detail of each. The same list comes with each turn of a conversation, and what is
 * short in it changes seldom.
 */
const written = new WeakMap<readonly ToolDefinition[], Map<string, string>>();
const mostForms = 3;
/** UTF-16 units; a list with references can unfold to a multiple of what it is. */
const longestKept = 300_000;

/** Whether it is known already what to write of this very list: then the prompt costs nothing. */
export function isToolPromptKnown(tools: readonly ToolDefinition[]): boolean {
  return written.has(tools);
}

function describeOnce(tools: readonly ToolDefinition[], details: readonly Detail[]): string {
  const forms = written.get(tools) ?? new Map<string, string>();
  const key = details.join();
  const known = forms.get(key);
  if (known !== undefined) return known;
  const text = describeTools(tools, details);
  if (text.length > longestKept) return text;
  const [oldest] = forms.keys();
  if (oldest !== undefined && forms.size >= mostForms) forms.delete(oldest);
  forms.set(key, text);
  written.set(tools, forms);
  return text;
}

/** The signatures of tools, and the notes that they share. */
function describeTools(tools: readonly ToolDefinition[], details: readonly Detail[]): string {
  const { descriptions, notes } = shareNotes(
    tools.map(({ description = "" }, index) =>
      details[index] === "short" ? firstSentence(description) : description,
    ),
  );
  const unfolding = createUnfolding();
  const signatures = tools.map((tool, index) =>
    describeSignature(tool, descriptions[index] ?? "", unfolding, details[index]),
  );
  return [signatures.join("\n\n"), "", ...notes].join("\n");
}

function choiceRule({ toolChoice }: ToolRequest): string {
  switch (toolChoice.kind) {
    case "required":
      return "In this answer you must call a tool.";
    case "function":
      return `In this answer you must call the tool ${toolChoice.name}, and no other.`;
    default:
      return "If no tool is needed, just answer.";
  }
}

function describeSignature(
  tool: ToolDefinition,
  description: string,
  unfolding: Unfolding,
  detail?: Detail,
): string {
  const schema = describeSchema(tool.parameters, unfolding, detail);
  return `## ${tool.name} ${schema}${description === "" ? "" : `\n${description}`}`;
}

/** One tool with all that is known of it. */
export function describeTool(tool: ToolDefinition, unfolding: Unfolding): string {
  return describeSignature(tool, paragraphsOf(tool.description ?? "").join("\n"), unfolding);
}

function paragraphsOf(description: string): readonly string[] {
  return description.split(/\n\s*\n/).map(squeeze);
}

// Shorter paragraphs aren't worth the reference.
const shortestNote = 120;

/** Descriptions in which a paragraph that several tools have stands as a reference to one common note. */
function shareNotes(texts: readonly string[]): {
  readonly descriptions: readonly string[];
  readonly notes: readonly string[];
} {
  const paragraphs = texts.map(paragraphsOf);
  const counts = new Map<string, number>();
  for (const paragraph of paragraphs.flat()) counts.set(paragraph, (counts.get(paragraph) ?? 0) + 1);
  const shared = [...counts].flatMap(([paragraph, count]) =>
    count > 1 && paragraph.length >= shortestNote ? [paragraph] : [],
  );
  const references = new Map(shared.map((paragraph, index) => [paragraph, `(See note ${index + 1}.)`]));
  const notes = shared.map((paragraph, index) => `## Note ${index + 1}\n${paragraph}\n`);
  return {
    descriptions: paragraphs.map((own) =>
      own
        .map((paragraph) => references.get(paragraph) ?? paragraph)
        .filter((paragraph) => paragraph !== "")
        .join("\n"),
    ),
    notes,
  };
}
