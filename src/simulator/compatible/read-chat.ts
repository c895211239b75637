import { readDeclaration, type OfferedTool } from "../offered-tools.ts";
import type { JsonObject } from "./persona.ts";

/** A message as far as the little model reads it. */
export interface ChatMessage {
  readonly role: string;
  /** The text of all its parts. */
  readonly text: string;
  /** Names of its calls by their ids. */
  readonly calls: Readonly<Record<string, string>>;
  readonly toolCallId: string | undefined;
  /** How many images are in it. */
  readonly images: number;
}

/** A chat request as the server understands it. */
export interface ChatRequest {
  readonly body: JsonObject;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly OfferedTool[];
  readonly toolChoice: "auto" | "none" | "required" | { readonly name: string };
  readonly parallelToolCalls: boolean;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly stop: readonly string[];
  readonly n: number;
  readonly format:
    | { readonly kind: "text" | "json_object" }
    | { readonly kind: "json_schema"; readonly schema: JsonObject };
}

/** Reads a body; what it does not know it overlooks, as servers do. `undefined` without a list of messages. */
export function readChat(body: JsonObject): ChatRequest | undefined {
  const { messages, model } = body;
  if (!Array.isArray(messages)) return undefined;
  const options = asObject(body["stream_options"]);
  return {
    body,
    model: asText(model) ?? "",
    messages: messages.map(readMessage),
    tools: objectsIn(body["tools"]).flatMap((tool) => readDeclaration(tool["function"]) ?? []),
    toolChoice: readChoice(body["tool_choice"]),
    parallelToolCalls: body["parallel_tool_calls"] !== false,
    stream: body["stream"] === true,
    includeUsage: options?.["include_usage"] === true,
    stop: [body["stop"]].flat().filter((word) => typeof word === "string" && word !== "") as string[],
    n: typeof body["n"] === "number" ? body["n"] : 1,
    format: readFormat(asObject(body["response_format"])),
  };
}

/** The value, if it is a JSON object. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function objectsIn(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter((item) => asObject(item) !== undefined) : [];
}

/** The value, if it is a text. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function readMessage(value: unknown): ChatMessage {
  const message = asObject(value) ?? {};
  const { content } = message;
  const parts = objectsIn(content);
  const calls = objectsIn(message["tool_calls"]);
  return {
    role: asText(message["role"]) ?? "",
    text: asText(content) ?? parts.map((part) => asText(part["text"]) ?? "").join(""),
    calls: Object.fromEntries(
      calls.map((call) => [asText(call["id"]) ?? "", asText(asObject(call["function"])?.["name"]) ?? ""]),
    ),
    toolCallId: asText(message["tool_call_id"]),
    images: parts.filter((part) => part["type"] === "image_url").length,
  };
}

function readChoice(value: unknown): ChatRequest["toolChoice"] {
  const name = asText(asObject(asObject(value)?.["function"])?.["name"]);
  if (name !== undefined) return { name };
  return value === "none" || value === "required" ? value : "auto";
}

function readFormat(format: JsonObject | undefined): ChatRequest["format"] {
  if (format?.["type"] === "json_object") return { kind: "json_object" };
  if (format?.["type"] !== "json_schema") return { kind: "text" };
  return { kind: "json_schema", schema: asObject(asObject(format["json_schema"])?.["schema"]) ?? {} };
}
