import { createEventReader } from "../server-events.ts";

/** A piece of an answer, as a client's library would give it. */
export interface AnswerPart {
  readonly kind: "thinking" | "text" | "tool_call" | "picture" | "error";
  /** Of a call its arguments. */
  readonly text: string;
  readonly name?: string;
}

/** What a client made of the bytes that it got. */
export interface Answer {
  readonly parts: readonly AnswerPart[];
  /** Why it ended, in the word of the API. */
  readonly stop: string | undefined;
  readonly usage: { readonly input: number; readonly output: number } | undefined;
  /** As they came; empty where it was one body. */
  readonly events: readonly { readonly name: string; readonly data: string }[];
}

/** Gathers parts; what continues the last one is added to it. */
interface Growing {
  kind: AnswerPart["kind"];
  text: string;
  name?: string;
  key: string;
}

/** A member of what may be anything. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
};

function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Server-sent events, or lines of JSON. */
function readEvents(body: string): Answer["events"] {
  if (/^(?:event|data|id|:)/.test(body)) return createEventReader()(`${body}\n\n`);
  return body.split("\n").flatMap((data) => (data === "" ? [] : [{ name: "message", data }]));
}

/** Reads what a client got, in whichever API. What was cut is read as far as it goes. */
export function readAnswer(body: string): Answer {
  const whole = parse(body);
  const events = whole === undefined ? readEvents(body) : [];
  let parts: Growing[] = [];
  let stop: string | undefined;
  let usage: Answer["usage"];

  function add(kind: AnswerPart["kind"], key: string, text: string | undefined, name?: string): void {
    if (text === undefined) return;
    const last = parts.find((part) => part.key === key && part.kind === kind);
    if (last !== undefined) last.text += text;
    else if (text !== "" || name !== undefined)
      parts.push({ kind, key, text, ...(name === undefined ? {} : { name }) });
  }

  function readUsage(value: unknown): void {
    const input = at(value, "prompt_tokens") ?? at(value, "input_tokens");
    const output = at(value, "completion_tokens") ?? at(value, "output_tokens");
    if (typeof input === "number" && typeof output === "number" && input + output > 0)
      usage = { input, output };
  }

  /** Chat Completions and Completions: a chunk's `delta`, or a whole `message`. */
  function readChoice(message: unknown, choice: unknown): void {
    add("thinking", "thinking", textAt(message, "reasoning_content"));
    add("text", "text", textAt(message, "content") ?? textAt(choice, "text"));
    for (const [place, call] of listAt(message, "tool_calls").entries()) {
      const index = at(call, "index") ?? place;
      add(
        "tool_call",
        `call ${JSON.stringify(index)}`,
        textAt(call, "function", "arguments") ?? "",
        textAt(call, "function", "name"),
      );
    }
    stop = textAt(choice, "finish_reason") ?? stop;
  }

  /** Messages: a whole block, or one that begins. */
  function readBlock(block: unknown, key: string): void {
    const kind = textAt(block, "type");
    if (kind === "text") add("text", key, textAt(block, "text"));
    if (kind === "thinking") add("thinking", key, textAt(block, "thinking"));
    if (kind !== "tool_use") return;
    const input = at(block, "input");
    const isBegun = typeof input === "object" && input !== null && Object.keys(input).length === 0;
    add("tool_call", key, isBegun ? "" : JSON.stringify(input), textAt(block, "name") ?? "");
  }

  /** Responses: an item of the output. */
  function readItem(item: unknown, key: string): void {
    const kind = textAt(item, "type") ?? "";
    for (const [index, piece] of listAt(item, "summary").entries())
      add("thinking", `${key} ${index}`, textAt(piece, "text"));
    for (const [index, piece] of listAt(item, "content").entries())
      add(
        kind === "reasoning" ? "thinking" : "text",
        `${key} ${index}`,
        textAt(piece, "text") ?? textAt(piece, "refusal"),
      );
    if (kind.endsWith("_call")) {
      if (kind.startsWith("image")) add("picture", key, "");
      else
        add(
          "tool_call",
          key,
          textAt(item, "arguments") ?? textAt(item, "input") ?? "",
          textAt(item, "name") ?? kind,
        );
    }
  }

  /** Ollama's APIs: a line, or a whole answer, which is all in one. */
  function readLine(line: unknown): void {
    if (typeof at(line, "done") !== "boolean") return;
    add("thinking", "thinking", textAt(line, "message", "thinking") ?? textAt(line, "thinking"));
    add("text", "text", textAt(line, "message", "content") ?? textAt(line, "response"));
    for (const call of listAt(line, "message", "tool_calls")) {
      const index = JSON.stringify(at(call, "function", "index"));
      const given = JSON.stringify(at(call, "function", "arguments"));
      add("tool_call", `call ${index}`, given, textAt(call, "function", "name"));
    }
    stop = textAt(line, "done_reason") ?? stop;
    readUsage({ input_tokens: at(line, "prompt_eval_count"), output_tokens: at(line, "eval_count") });
  }

  function readPicture(picture: unknown, key: string): void {
    const link = textAt(picture, "url");
    const inline = textAt(picture, "b64_json");
    if (link ?? inline) add("picture", key, link ?? "", "");
  }

  function read(value: unknown): void {
    const type = textAt(value, "type") ?? "";
    const key = `item ${JSON.stringify(at(value, "index") ?? at(value, "output_index") ?? at(value, "item_id"))}`;
    const error = at(value, "error") ?? at(value, "response", "error");
    add("error", "error", textAt(error, "message") ?? (typeof error === "string" ? error : undefined));
    readLine(value);
    for (const choice of listAt(value, "choices").slice(0, 1))
      readChoice(at(choice, "delta") ?? at(choice, "message"), choice);
    if (type === "message")
      for (const [index, block] of listAt(value, "content").entries()) readBlock(block, `item ${index}`);
    if (type === "content_block_start") readBlock(at(value, "content_block"), key);
    if (type === "content_block_delta") {
      add("text", key, textAt(value, "delta", "text"));
      add("thinking", key, textAt(value, "delta", "thinking"));
      add("tool_call", key, textAt(value, "delta", "partial_json"));
    }
    stop = textAt(value, "stop_reason") ?? textAt(value, "delta", "stop_reason") ?? stop;
    if (textAt(value, "object") === "response") {
      for (const [index, item] of listAt(value, "output").entries()) readItem(item, `item ${index}`);
      stop = textAt(value, "incomplete_details", "reason") ?? textAt(value, "status") ?? stop;
    }
    if (type === "response.output_item.added" && textAt(value, "item", "type")?.endsWith("_call") === true)
      readItem(at(value, "item"), key);
    if (type === "response.output_text.delta") add("text", `${key} 0`, textAt(value, "delta"));
    if (type === "response.reasoning_summary_text.delta") add("thinking", `${key} 0`, textAt(value, "delta"));
    if (/^response\.(?:function_call_arguments|custom_tool_call_input)\.delta$/.test(type))
      add("tool_call", key, textAt(value, "delta"));
    if (type === "response.output_item.done") {
      // Whole now: what was gathered of it goes.
      parts = parts.filter((part) => part.key !== key && !part.key.startsWith(`${key} `));
      readItem(at(value, "item"), key);
    }
    for (const [index, picture] of listAt(value, "data").entries()) readPicture(picture, `picture ${index}`);
    readPicture(value, "picture");
    readUsage(at(value, "usage") ?? at(value, "response", "usage") ?? at(value, "message", "usage"));
    if (/^response\.(?:completed|incomplete|failed)$/.test(type))
      stop =
        textAt(value, "response", "incomplete_details", "reason") ??
        textAt(value, "response", "status") ??
        stop;
  }

  if (events.length === 0) read(whole);
  else for (const { data } of events) read(parse(data));
  return {
    parts: parts.map(({ kind, text, name }) => ({ kind, text, ...(name === undefined ? {} : { name }) })),
    stop,
    usage,
    events,
  };
}
