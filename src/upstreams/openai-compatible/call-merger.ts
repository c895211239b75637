import { createJsonProgress, type JsonProgress } from "./json-progress.ts";
import { asNumber, asObject, asText } from "./read-json.ts";

/** A call that an answer makes, as far as it has come. */
export interface MergedCall {
  /** The server's id; `undefined` if it gave none that can be used. */
  id: string | undefined;
  /** As it came; `toCallName` gives the tool's. */
  name: string;
  /** Raw JSON text: all of it, or what nobody has taken yet. */
  arguments: string;
  /** Of all of the arguments. */
  progress: JsonProgress;
}

/** A piece of a call, as one chunk has it. */
export interface CallPiece {
  readonly id: string | undefined;
  readonly index: number | undefined;
  readonly name: string | undefined;
  readonly arguments: string;
}

/** Puts calls together from their pieces. */
export interface CallMerger {
  /** Adds the pieces of one chunk; gives the calls that they began, in order. */
  push(pieces: readonly CallPiece[], form: "pieces" | "whole"): readonly MergedCall[];
}

/** Reads an entry of `tool_calls`, or an old `function_call`. */
export function readCallPiece(entry: unknown): CallPiece | undefined {
  const call = asObject(entry);
  if (call === undefined) return undefined;
  // Some put name and arguments beside the id; a custom tool has its text under `custom`.
  const body = asObject(call["function"]) ?? asObject(call["custom"]) ?? call;
  const id = call["id"];
  return {
    id: typeof id === "number" ? String(id) : asText(id),
    index: asNumber(call["index"]),
    name: asText(body["name"]),
    arguments: toText(body["arguments"] ?? body["input"] ?? body["parameters"]),
  };
}

/**
 * Arguments may be an object in place of its text; none are none. An object too deep to be written becomes text that is no
 * JSON, and so a call that does not do.
 */
function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return "{";
    throw error;
  }
}

/**
 * Creates the merger of one answer. Which call a piece belongs to, first match wins:
 * 1. an id that is known: that call, unless the piece begins another; of calls with one id the index decides;
 * 2. a new id with a name: a new call, also where its index is taken (old Ollama);
 * 3. a new id without a name: the call goes on under another id (hosts at OCI give each piece its own);
 * 4. no id: by index; an index that points nowhere, or none: the call that was opened last.
 * `tools` are the names that were offered; they decide where pieces of names are ambiguous.
 */
export function createCallMerger(tools: ReadonlySet<string> = new Set()): CallMerger {
  const byId = new Map<string, MergedCall>();
  const byIndex = new Map<number, MergedCall>();
  const ids = new Set<string>();
  /** Ids that more than one call came with. */
  const shared = new Set<string>();
  let last: MergedCall | undefined;
  /** A call that is complete and was named once more: what begins then is another call of its tool. */
  let renamed: MergedCall | undefined;

  function open(piece: CallPiece): MergedCall {
    const call: MergedCall = {
      id: toOwnId(piece.id),
      name: piece.name === undefined && piece.arguments !== "" ? (renamed?.name ?? "") : "",
      arguments: "",
      progress: createJsonProgress(),
    };
    renamed = undefined;
    if (piece.id !== undefined && byId.has(piece.id)) shared.add(piece.id);
    if (piece.id !== undefined) byId.set(piece.id, call);
    if (piece.index !== undefined) byIndex.set(piece.index, call);
    last = call;
    return call;
  }

  /** An id that names one call of one conversation; others are the same in each turn, or no ids at all. */
  function toOwnId(id: string | undefined): string | undefined {
    if (id === undefined || ids.has(id) || /^(?:\d{1,3}|null|none|nil|n\/?a|undefined|-)$/i.test(id)) {
      return undefined;
    }
    ids.add(id);
    return id;
  }

  function find(piece: CallPiece, isFirstOfChunk: boolean): MergedCall | undefined {
    const indexed = piece.index === undefined ? undefined : byIndex.get(piece.index);
    if (piece.id !== undefined && byId.has(piece.id)) {
      const known = (shared.has(piece.id) ? indexed : undefined) ?? byId.get(piece.id);
      if (known === undefined || beginsAnew(known, piece)) return undefined;
      return indexed === undefined && piece.index !== undefined && isOpening(known, piece)
        ? undefined
        : known;
    }
    if (piece.id !== undefined) {
      // The id may come before the name; what has no arguments yet can't be going on with any.
      const goesOn = piece.name === undefined && (indexed !== undefined || piece.arguments !== "");
      return goesOn ? (indexed ?? last) : undefined;
    }
    if (piece.index === undefined && piece.name !== undefined && !isFirstOfChunk) return undefined;
    if (indexed === undefined && piece.index !== undefined && piece.name !== undefined) return undefined;
    const target = indexed ?? last;
    return target !== undefined && beginsAnew(target, piece) ? undefined : target;
  }

  /** Whether a piece can't belong to the call that its id or its index names. */
  function beginsAnew(call: MergedCall, piece: CallPiece): boolean {
    if (piece.name === undefined && call === renamed) return piece.arguments.trimStart().startsWith("{");
    if (piece.name === undefined || call.name === "") return false;
    if (call.progress.complete) {
      if (isEmptyObject(call.arguments) && piece.name === call.name) return false;
      return piece.name !== call.name || piece.arguments.trimStart().startsWith("{");
    }
    // Two names that were both offered are no pieces of one.
    return (
      piece.name !== call.name &&
      tools.has(call.name) &&
      tools.has(piece.name) &&
      !tools.has(call.name + piece.name)
    );
  }

  function add(call: MergedCall, piece: CallPiece): void {
    if (piece.name === call.name && call.progress.complete && !isEmptyObject(call.arguments)) renamed = call;
    if (piece.id !== undefined && !byId.has(piece.id)) byId.set(piece.id, call);
    if (piece.index !== undefined && !byIndex.has(piece.index)) byIndex.set(piece.index, call);
    call.id ??= call.name === "" ? toOwnId(piece.id) : undefined;
    if (piece.name !== undefined && (call.name === "" || call.progress.empty))
      call.name = joinName(call.name, piece.name);
    addArguments(call, piece.arguments);
  }

  return {
    push(pieces, form) {
      const opened: MergedCall[] = [];
      for (const [at, piece] of pieces.entries()) {
        const found = form === "whole" ? undefined : find(piece, at === 0);
        const call = found ?? open(piece);
        if (found === undefined) opened.push(call);
        add(call, piece);
      }
      return opened;
    },
  };
}

/**
 * Whether a piece at an index of its own is the first of another call, although its id is that of this one: it has a name, and this
 * one is complete, or both have only been named so far.
 */
function isOpening(call: MergedCall, piece: CallPiece): boolean {
  if (piece.name === undefined || call.name === "") return false;
  return (
    call.progress.complete || (call.progress.empty && piece.arguments === "" && piece.name === call.name)
  );
}

/** What comes behind the end of the arguments is dropped, but for the real ones behind an empty object. */
function addArguments(call: MergedCall, text: string): void {
  if (text === "") return;
  if (call.progress.complete) {
    if (!isEmptyObject(call.arguments) || !text.trimStart().startsWith("{")) return;
    call.arguments = "";
    call.progress = createJsonProgress();
  }
  call.arguments += text;
  call.progress.push(text);
}

/** Whether the text is an object without members: what some servers write before the arguments come. */
export function isEmptyObject(text: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(text);
}

/** A name may come in pieces, again and again, or as all of it so far. */
function joinName(name: string, piece: string): string {
  return piece.startsWith(name) ? piece : name + piece;
}

/** The name of the tool: a model's special token behind it (`get_time<|channel|>json`) is none of it. */
export function toCallName({ name }: MergedCall): string {
  const cut = name.indexOf("<|");
  return (cut === -1 ? name : name.slice(0, cut)).trim();
}
