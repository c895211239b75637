import { GatewayError } from "../../errors.ts";
import type {
  FilePart,
  ImagePart,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../model/request.ts";
import { createCallOrder } from "../call-order.ts";
import { describeCode, parseFileData, parseInlineData, parseResult } from "./parse-parts.ts";
import type { RequestBody, WireContent, WirePart } from "./request-schema.ts";

type UserPart = TextPart | ImagePart | FilePart;
type AssistantPart = TextPart | ReasoningPart | ToolCallPart;

/** Fields of a part that hold something; the others only say something of it. */
const holding = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
] as const;

/** What models of Google's send along, and what only their servers understand. */
const silent = ["thoughtSignature", "thought", "toolCall", "toolResponse", "videoMetadata", "partMetadata"];

/** Throws for a part of which nothing would reach the model, or only one of the things that it holds. */
function checkPart(part: WirePart, param: string): void {
  const held = holding.filter((field) => part[field] !== undefined && part[field] !== "");
  if (held.length > 1) {
    const text = `'${param}' holds ${held.join(" and ")}: each needs a part of its own.`;
    throw new GatewayError("invalid-request", text, { param });
  }
  if (holding.some((field) => part[field] !== undefined)) return;
  if (silent.some((field) => part[field] !== undefined)) return;
  throw new GatewayError(
    "invalid-request",
    `'${param}' is not valid: expected one of ${holding.join(", ")}.`,
    {
      param,
    },
  );
}

function misplaced(field: string, role: string, param: string): GatewayError {
  const at = `${param}.${field}`;
  return new GatewayError("invalid-request", `'${at}' can't stand in the content of the ${role}.`, {
    param: at,
  });
}

/**
 * Adds parts to those of the same turn. Clients keep each chunk of a stream as a content of its own: what was one text is one text again, without
 * anything between the pieces.
 */
function append(parts: AssistantPart[], added: AssistantPart): void {
  const last = parts.at(-1);
  if (last !== undefined && last.type !== "tool-call" && last.type === added.type)
    parts[parts.length - 1] = { type: last.type, text: last.text + added.text };
  else parts.push(added);
}

function parseUserPart(part: WirePart, param: string): UserPart[] {
  if (part.functionCall !== undefined) throw misplaced("functionCall", "user", param);
  if (part.inlineData !== undefined) return [parseInlineData(part.inlineData, `${param}.inlineData`)];
  if (part.fileData !== undefined) return [parseFileData(part.fileData, `${param}.fileData`)];
  const words = part.text ?? describeCode(part) ?? "";
  return words === "" ? [] : [{ type: "text", text: words }];
}

/**
 * The turns of a conversation. Neighbouring contents of the model are one turn. Results belong to calls by their id, or by name and order where they
 * have none. Throws `GatewayError` (`invalid-request` or `unsupported`) that names the part.
 */
export function parseMessages(contents: readonly WireContent[]): Message[] {
  const messages: Message[] = [];
  const order = createCallOrder();

  function parseAssistantPart(part: WirePart, param: string, fallbackId: string): AssistantPart[] {
    const { text, functionCall: call } = part;
    if (part.functionResponse !== undefined) throw misplaced("functionResponse", "model", param);
    if (part.inlineData !== undefined || part.fileData !== undefined)
      return [{ type: "text", text: "[a file of this answer, which can't be shown again]" }];
    if (call !== undefined) {
      const callId = call.id ?? fallbackId;
      order.add(callId, call.name);
      return [{ type: "tool-call", callId, name: call.name, arguments: JSON.stringify(call.args ?? {}) }];
    }
    const words = text ?? describeCode(part) ?? "";
    if (words === "") return [];
    return [{ type: part.thought === true ? "reasoning" : "text", text: words }];
  }

  function toResult(response: NonNullable<WirePart["functionResponse"]>, param: string): ToolResultPart {
    const callId = order.adopt(response.id, response.name);
    if (callId === undefined) {
      const text = `'${param}' answers no call: none before it is without a result.`;
      throw new GatewayError("invalid-request", text, { param });
    }
    return { type: "tool-result", callId, ...parseResult(response, param) };
  }

  /** A user's turn may mix results with words: each run is a message of its own, in order. */
  function addUserTurn(parts: readonly WirePart[], param: string): void {
    let results: ToolResultPart[] = [];
    let words: UserPart[] = [];
    function close(): void {
      if (results.length > 0) messages.push({ role: "tool", parts: results });
      if (words.length > 0) messages.push({ role: "user", parts: words });
      results = [];
      words = [];
    }
    for (const [at, part] of parts.entries()) {
      const place = `${param}.parts[${at}]`;
      const { functionResponse: response } = part;
      if (response === undefined ? results.length > 0 : words.length > 0) close();
      if (response === undefined) words.push(...parseUserPart(part, place));
      else results.push(toResult(response, `${place}.functionResponse`));
    }
    close();
  }

  let open: AssistantPart[] | undefined;
  for (const [index, { role, parts = [] }] of contents.entries()) {
    const param = `contents[${index}]`;
    for (const [at, part] of parts.entries()) checkPart(part, `${param}.parts[${at}]`);
    if (role === "user") {
      open = undefined;
      addUserTurn(parts, param);
      continue;
    }
    const said = parts.flatMap((part, at) =>
      parseAssistantPart(part, `${param}.parts[${at}]`, `call_${index}_${at}`),
    );
    if (said.length === 0) continue;
    if (open === undefined) {
      open = [];
      messages.push({ role: "assistant", parts: open });
    }
    for (const part of said) append(open, part);
  }
  if (messages.length === 0)
    throw new GatewayError("invalid-request", "'contents' holds no text.", { param: "contents" });
  return messages;
}

/** The system prompt. Throws for parts that are no text. */
export function parseInstruction(instruction: RequestBody["systemInstruction"]): Message[] {
  const parts = (instruction?.parts ?? []).flatMap((part, at): TextPart[] => {
    const param = `systemInstruction.parts[${at}]`;
    const wrong = holding.find((field) => field !== "text" && part[field] !== undefined);
    if (wrong !== undefined) {
      const text = `'${param}.${wrong}' can't stand in an instruction: expected 'text'.`;
      throw new GatewayError("invalid-request", text, { param: `${param}.${wrong}` });
    }
    return part.text === undefined || part.text === "" ? [] : [{ type: "text", text: part.text }];
  });
  return parts.length === 0 ? [] : [{ role: "system", parts }];
}
