import type { ResponseObject, WireEvent } from "../../../src/dialects/openai-responses/wire.ts";

const terminals = new Set(["response.completed", "response.incomplete", "response.failed"]);

/** Items whose content does not grow in deltas. */
const shownWhole = new Set(["local_shell_call", "shell_call", "apply_patch_call", "compaction"]);

interface OpenItem {
  readonly id: string;
  readonly type: string;
  /** `added` and not `done` yet. */
  part: "none" | "open" | "text-done" | "done";
  text: string;
}

/** The events of an item's text, and whether they stand inside a part. */
const texts: Readonly<
  Record<string, { readonly item: string; readonly field: string; readonly part?: string }>
> = {
  output_text: { item: "message", field: "text", part: "content_part" },
  reasoning_summary_text: { item: "reasoning", field: "text", part: "reasoning_summary_part" },
  function_call_arguments: { item: "function_call", field: "arguments" },
  custom_tool_call_input: { item: "custom_tool_call", field: "input" },
};

function fail(event: WireEvent, problem: string): never {
  throw new Error(`${problem}: ${JSON.stringify(event)}`);
}

function textOf(item: Record<string, unknown>): string {
  const parts = [item["content"], item["summary"]].flat().filter((part) => part !== undefined);
  if (item["type"] === "message" || item["type"] === "reasoning") {
    return parts.map((part) => (part as { text: string }).text).join("");
  }
  return (item["arguments"] ?? item["input"]) as string;
}

/**
 * Checks the grammar of a whole Responses stream, and returns its final response. Throws with the first event
 * that is out of order, misnumbered, misnamed or contradicts the ones before.
 */
export function checkEvents(events: readonly WireEvent[]): ResponseObject {
  const done: unknown[] = [];
  let open: OpenItem | undefined;
  let id: string | undefined;
  let phase: "start" | "created" | "running" | "ended" = "start";
  let final: ResponseObject | undefined;

  for (const [index, event] of events.entries()) {
    if (event.sequence_number !== index) fail(event, `sequence_number should be ${index}`);
    if (phase === "ended") fail(event, "an event after the terminal one");
    const response = event["response"] as ResponseObject | undefined;
    if (response !== undefined) {
      id ??= response.id;
      if (response.id !== id) fail(event, "another response id");
    }

    if (phase !== "running") {
      const expected: readonly string[] =
        phase === "start" ? ["response.created"] : ["response.queued", "response.in_progress"];
      if (!expected.includes(event.type)) fail(event, `expected ${expected.join(" or ")}`);
      phase = event.type === "response.in_progress" ? "running" : "created";
      if (response?.output.length !== 0) fail(event, "output before it was made");
      continue;
    }

    // A heartbeat: it may stand anywhere, and says nothing new.
    if (event.type === "response.in_progress") {
      if (response?.status !== "in_progress") fail(event, "wrong status");
      const [shown, ...more] = response.output.slice(done.length) as Record<string, unknown>[];
      if (JSON.stringify(response.output.slice(0, done.length)) !== JSON.stringify(done) || more.length > 0)
        fail(event, "output differs from the items so far");
      if (shown?.["id"] !== open?.id || (shown !== undefined && textOf(shown) !== open?.text))
        fail(event, "the open item differs from the events before");
      continue;
    }

    if (terminals.has(event.type)) {
      if (response === undefined) fail(event, "no response");
      const status = event.type.replace("response.", "");
      if (response.status !== status && response.status !== "cancelled") fail(event, "wrong status");
      if (status !== "failed" && open !== undefined) fail(event, "an item is still open");
      const finished = open === undefined ? response.output : response.output.slice(0, done.length);
      if (JSON.stringify(finished) !== JSON.stringify(done))
        fail(event, "output differs from the items done");
      if (open !== undefined && response.output.length > done.length + 1) fail(event, "items from nowhere");
      phase = "ended";
      final = response;
      continue;
    }

    if (event["output_index"] !== done.length) fail(event, `output_index should be ${done.length}`);
    if (event.type === "response.output_item.added") {
      if (open !== undefined) fail(event, "the item before is still open");
      const item = event["item"] as { id: string; type: string; status?: string };
      if (item.status !== undefined && item.status !== "in_progress")
        fail(event, "added but not in progress");
      open = { id: item.id, type: item.type, part: "none", text: "" };
      continue;
    }
    if (open === undefined) fail(event, "no item is open");
    if (event.type === "response.output_item.done") {
      const item = event["item"] as Record<string, unknown> & { id: string };
      if (item.id !== open.id || item["type"] !== open.type) fail(event, "another item is open");
      if (!shownWhole.has(open.type)) {
        if (open.part !== "done") fail(event, "its text is not done");
        if (textOf(item) !== open.text) fail(event, "its text differs from the deltas");
      }
      if (item["status"] === "in_progress") fail(event, "done but in progress");
      done.push(item);
      open = undefined;
      continue;
    }

    if (event["item_id"] !== open.id) fail(event, "item_id of another item");
    const [, name = "", action = ""] = /^response\.(\w+)\.(\w+)$/.exec(event.type) ?? [];
    const text = texts[name];
    if (text === undefined) {
      const at = name === "content_part" ? "content_index" : "summary_index";
      if (name !== "content_part" && name !== "reasoning_summary_part") fail(event, "unknown event");
      if (event[at] !== 0) fail(event, `${at} should be 0`);
      const part = event["part"] as { text: string };
      if (action === "added") {
        if (open.part !== "none" || part.text !== "") fail(event, "a part twice, or not empty");
        open.part = "open";
      } else {
        if (open.part !== "text-done") fail(event, "the part's text is not done");
        if (part.text !== open.text) fail(event, "the part differs from the deltas");
        open.part = "done";
      }
      continue;
    }
    if (text.item !== open.type) fail(event, "text of another kind of item");
    const ready = text.part === undefined ? "none" : "open";
    if (open.part !== ready) fail(event, "text outside of its part");
    if (action === "delta") {
      const delta = event["delta"];
      if (typeof delta !== "string" || delta === "") fail(event, "an empty delta");
      if (/\p{Surrogate}/u.test(delta)) fail(event, "half a surrogate pair");
      open.text += delta;
    } else {
      if (event[text.field] !== open.text) fail(event, "the text differs from the deltas");
      open.part = text.part === undefined ? "done" : "text-done";
    }
  }
  if (final === undefined) throw new Error("The stream has no terminal event.");
  return final;
}
