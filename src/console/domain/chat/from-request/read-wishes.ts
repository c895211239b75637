import type { Effort, Settings, ToolDraft } from "../chat.ts";
import { isToolName } from "../read-settings.ts";
import { type Json, list, object, text } from "./json.ts";
import type { Talk } from "./talk.ts";

const efforts: ReadonlySet<string> = new Set(["none", "low", "medium", "high"]);
/** What is so without being said, or is another matter than what is asked. */
const plain: Json = { n: 1, parallel_tool_calls: true, echo: false, background: false };
const ofTheWay: ReadonlySet<string> = new Set(["stream", "stream_options"]);

/** A number as it is typed; empty: none is wished for. */
function writeNumber(value: unknown): string {
  return typeof value === "number" ? String(value) : "";
}

/** A limit as it is typed; clients that can't leave the field out write -1 or 0 for none. */
export function writeLimit(value: unknown): string {
  return typeof value === "number" && value > 0 ? String(value) : "";
}

/** How much to think, where the playground has a word for it. */
export function readEffort(value: unknown, path: string, talk: Pick<Talk, "leave">): Effort {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" && efforts.has(value)) return value as Effort;
  talk.leave(path);
  return "";
}

/** Stop sequences as they are typed: with a comma between, so none that has one, or blanks at its ends. */
export function writeStops(value: unknown, path: string, talk: Pick<Talk, "leave">): string {
  const stops = typeof value === "string" ? [value] : list(value).map(text);
  const written = stops.flatMap((stop, at) => {
    if (stop.includes(",") || /^[^\S\n]|[^\S\n]$/.test(stop) || stop.includes(String.raw`\n`)) {
      talk.leave(`${path}[${at}]`);
      return [];
    }
    return stop === "" ? [] : [stop.replaceAll("\n", String.raw`\n`)];
  });
  return written.join(", ");
}

/** Tools that are functions; those that the gateway or an API brings are none that one declares. */
export function readTools(value: unknown, talk: Pick<Talk, "leave">): readonly ToolDraft[] {
  const tools: ToolDraft[] = [];
  for (const [at, one] of list(value).entries()) {
    const tool = object(one);
    const type = text(tool["type"]) || "custom";
    const told = type === "function" && "function" in tool ? object(tool["function"]) : tool;
    const name = text(told["name"]);
    // Anthropic's own tools are `custom`; OpenAI's of that type take a text.
    const schema = type === "function" ? (told["parameters"] ?? {}) : told["input_schema"];
    const isKnown = tools.some((other) => other.name === name);
    if (schema === undefined || !isToolName(name) || isKnown) talk.leave(`tools[${at}] (${name || type})`);
    else {
      const parameters = JSON.stringify(schema, undefined, 2);
      tools.push({ name, description: text(told["description"]), parameters });
      if (told["strict"] === true) talk.leave(`tools[${at}].strict`);
    }
  }
  return tools;
}

/** Which tool is to be called, in the playground's words. */
export function readToolChoice(
  value: unknown,
  tools: readonly ToolDraft[],
  talk: Pick<Talk, "leave">,
): string {
  if (value === undefined || value === null) return "auto";
  const wish = object(value);
  const kind = typeof value === "string" ? value : text(wish["type"]);
  const name = text(object(wish["function"])["name"]) || text(wish["name"]);
  if (wish["disable_parallel_tool_use"] === true) talk.leave("tool_choice.disable_parallel_tool_use");
  if (kind === "auto" || kind === "none") return kind;
  if (kind === "required" || kind === "any") return "required";
  if (tools.some((tool) => tool.name === name)) return `:${name}`;
  talk.leave("tool_choice");
  return "auto";
}

/** The JSON schema of an answer, as it is typed: OpenAI nests it in `json_schema`, others do not. */
export function readSchema(value: unknown, path: string, talk: Pick<Talk, "leave">): string {
  if (value === undefined || value === null) return "";
  const format = object(value);
  if (format["type"] === "text") return "";
  const schema = format["schema"] ?? object(format["json_schema"])["schema"];
  if (format["type"] === "json_schema" && typeof schema === "object")
    return JSON.stringify(schema, undefined, 2);
  talk.leave(path);
  return "";
}

/** Names all fields of a body that nobody has read. */
export function leaveRest(body: Json, read: readonly string[], talk: Pick<Talk, "leave">): void {
  for (const [name, value] of Object.entries(body)) {
    if (read.includes(name) || ofTheWay.has(name) || value === null || plain[name] === value) continue;
    talk.leave(name);
  }
}

/** The settings that all APIs call by the same names. */
export function readSampling(body: Json): Pick<Settings, "temperature" | "topP"> {
  return { temperature: writeNumber(body["temperature"]), topP: writeNumber(body["top_p"]) };
}
