import type { BlockStart } from "../../model/events.ts";
import { toBuiltInCall } from "./built-in-calls.ts";
import type { BuiltInType } from "./built-in-tools.ts";
import { createCustomInputDecoder } from "../decode-custom-input.ts";
import { type ItemPrefix, toItemId } from "./item-id.ts";
import {
  encodeCustomToolCall,
  encodeFunctionCall,
  encodeMessage,
  encodeOutputText,
  encodeReasoning,
} from "./encode-items.ts";
import type { DeclaredTool, ToolTable } from "./tool-table.ts";
import type { ItemStatus, OutputItem, WireEvent } from "./wire.ts";

/** Writes the events of one output item. */
export interface ItemWriter {
  readonly kind: BlockStart["kind"];
  /** `response.output_item.added` and what opens the item's only part. */
  start(): readonly WireEvent[];
  push(text: string): readonly WireEvent[];
  /** The text is complete: closes the part. Once. */
  end(): readonly WireEvent[];
  /** `response.output_item.done`, and before it `end` if that was not called. */
  finish(status: ItemStatus): readonly WireEvent[];
  /** The item as it is now. */
  toItem(status: ItemStatus): OutputItem;
  /** The item as its events have shown it so far; nothing before it is announced. */
  shown(): readonly OutputItem[];
}

/** Where the item stands and how it is shown. */
export interface ItemWriterOptions {
  readonly id: string;
  readonly index: number;
  /** The next sequence number. */
  readonly next: () => number;
  readonly tools: ToolTable;
  /** Seals a summary: text is then shown as a compaction item instead of a message. */
  readonly seal?: ((text: string) => string) | undefined;
}

/** What differs between the kinds of items. */
interface Form {
  readonly prefix: ItemPrefix;
  /** `text` is undefined at the start. */
  toItem(id: string, status: ItemStatus, text: string | undefined): OutputItem;
  /** The item's only part, which holds the text; calls have none. */
  readonly part?: {
    /** The events are `response.<event>.added` and `.done`. */
    readonly event: "content_part" | "reasoning_summary_part";
    toPart(text: string): unknown;
  };
  /** The events `response.<event>.delta` and `.done` of the growing text; none when it shows only at the end. */
  readonly text?: { readonly event: string; readonly field: "text" | "arguments" | "input" };
  /** The name that the client gave the function. */
  readonly name?: string;
}

const builtInPrefixes = {
  local_shell: "lsh_",
  shell: "sh_",
  apply_patch: "apc_",
} as const satisfies Record<BuiltInType, ItemPrefix>;

function toCallForm(tool: DeclaredTool, callId: string): Form {
  if (tool.kind === "function") {
    return {
      prefix: "fc_",
      toItem: (id, status, text = "") => encodeFunctionCall(id, status, tool, callId, text),
      text: { event: "function_call_arguments", field: "arguments" },
      name: tool.name,
    };
  }
  if (tool.kind === "custom") {
    return {
      prefix: "ctc_",
      toItem: (id, status, text = "") => encodeCustomToolCall(id, status, tool, callId, text),
      text: { event: "custom_tool_call_input", field: "input" },
    };
  }
  const { kind } = tool;
  return {
    prefix: builtInPrefixes[kind],
    toItem: (id, status, text = "") => toBuiltInCall(kind, { id, status, callId }, text),
  };
}

function toSummaryPart(text: string) {
  return { type: "summary_text", text };
}

function toCompactionForm(seal: (text: string) => string): Form {
  // Sealing the same text again gives another one, but the item must be the same in all its events.
  let sealed: string | undefined;
  return {
    prefix: "cmp_",
    toItem(id, _status, text = "") {
      sealed ??= seal(text);
      return { type: "compaction", id, encrypted_content: sealed };
    },
  };
}

function toForm(block: BlockStart, { tools, seal }: ItemWriterOptions): Form {
  if (block.kind === "reasoning") {
    return {
      prefix: "rs_",
      toItem: (id, _status, text) => encodeReasoning(id, text),
      part: { event: "reasoning_summary_part", toPart: toSummaryPart },
      text: { event: "reasoning_summary_text", field: "text" },
    };
  }
  if (block.kind === "tool-call") {
    return toCallForm(tools.find(block.name) ?? { kind: "function", name: block.name }, block.callId);
  }
  if (seal !== undefined) return toCompactionForm(seal);
  return {
    prefix: "msg_",
    toItem: encodeMessage,
    part: { event: "content_part", toPart: encodeOutputText },
    text: { event: "output_text", field: "text" },
  };
}

/** Text with no half of a surrogate pair at its end: strict JSON readers refuse a lone half. */
function cutPair(text: string): { whole: string; half: string } {
  const last = text.charCodeAt(text.length - 1);
  const isHigh = last >= 0xd800 && last <= 0xdbff;
  return isHigh ? { whole: text.slice(0, -1), half: text.slice(-1) } : { whole: text, half: "" };
}

/** Creates the writer of the item that shows `block`. */
export function createItemWriter(block: BlockStart, options: ItemWriterOptions): ItemWriter {
  const { index, next } = options;
  const form = toForm(block, options);
  const { part, text: growing } = form;
  const id = toItemId(form.prefix, options.id, "output", index);
  // Fields that are undefined do not reach the wire.
  const content_index = part?.event === "content_part" ? 0 : undefined;
  const summary_index = part?.event === "reasoning_summary_part" ? 0 : undefined;
  const logprobs = growing?.event === "output_text" ? [] : undefined;
  const deltaType = `response.${growing?.event}.delta`;
  const decoder = form.prefix === "ctc_" ? createCustomInputDecoder() : undefined;
  const pieces: string[] = [];
  let half = "";
  let complete = false;

  /** An event about the item's text or part. */
  function detail(type: string, fields: Readonly<Record<string, unknown>>): WireEvent {
    const place = { item_id: id, output_index: index, content_index, summary_index };
    return { type, sequence_number: next(), ...place, ...fields };
  }

  function announce(type: "added" | "done", item: OutputItem): WireEvent {
    return { type: `response.output_item.${type}`, sequence_number: next(), output_index: index, item };
  }

  function append(delta: string): WireEvent[] {
    if (delta === "") return [];
    pieces.push(delta);
    if (growing === undefined) return [];
    // Once per token: written out rather than spread together.
    return [
      {
        type: deltaType,
        sequence_number: next(),
        item_id: id,
        output_index: index,
        content_index,
        summary_index,
        delta,
        logprobs,
      },
    ];
  }

  function end(): WireEvent[] {
    if (complete) return [];
    complete = true;
    const events = append(half + (decoder?.end() ?? ""));
    half = "";
    const text = pieces.join("");
    if (growing !== undefined) {
      const fields = { [growing.field]: text, name: form.name, logprobs };
      events.push(detail(`response.${growing.event}.done`, fields));
    }
    if (part !== undefined) events.push(detail(`response.${part.event}.done`, { part: part.toPart(text) }));
    return events;
  }

  function toItem(status: ItemStatus): OutputItem {
    return form.toItem(id, status, pieces.join(""));
  }

  return {
    kind: block.kind,
    start() {
      // An action, a patch or a sealed text cannot be shown in part: such an item is announced when complete.
      if (growing === undefined) return [];
      const events = [announce("added", form.toItem(id, "in_progress", undefined))];
      if (part !== undefined) events.push(detail(`response.${part.event}.added`, { part: part.toPart("") }));
      return events;
    },
    push(text) {
      const cut = cutPair(half + (decoder?.push(text) ?? text));
      half = cut.half;
      return append(cut.whole);
    },
    end,
    finish(status) {
      const events = end();
      if (growing === undefined) events.push(announce("added", toItem("in_progress")));
      events.push(announce("done", toItem(status)));
      return events;
    },
    toItem,
    shown: () => (growing === undefined ? [] : [toItem("in_progress")]),
  };
}
