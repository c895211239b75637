import type { ContentPart, InputItem } from "./input-schema.ts";
import { type ItemPrefix, toItemId } from "./item-id.ts";

/** An item as it is stored and listed. */
export type WireItem = Readonly<Record<string, unknown>>;

const prefixes: Readonly<Record<string, ItemPrefix>> = {
  message: "msg_",
  reasoning: "rs_",
  function_call: "fc_",
  function_call_output: "fc_",
  custom_tool_call: "ctc_",
  custom_tool_call_output: "ctc_",
  local_shell_call: "lsh_",
  local_shell_call_output: "lsh_",
  shell_call: "sh_",
  shell_call_output: "sh_",
  apply_patch_call: "apc_",
  apply_patch_call_output: "apc_",
  compaction: "cmp_",
};

function toContent(role: string, content: string | readonly ContentPart[]): readonly unknown[] {
  if (typeof content !== "string") return content;
  return role === "assistant"
    ? [{ type: "output_text", text: content, annotations: [], logprobs: [] }]
    : [{ type: "input_text", text: content }];
}

/** Adds what an item lacks in a list: an id and, for a message, its status and its content as parts. */
function complete(item: InputItem, responseId: string, index: number): WireItem {
  const wire: WireItem = item.type === "other" ? item.item : item;
  const type = String(wire["type"]);
  const given = wire["id"];
  const id =
    typeof given === "string" && given !== ""
      ? given
      : toItemId(prefixes[type] ?? "item_", responseId, "input", index);
  if (item.type !== "message") return { ...wire, id };
  return { ...wire, id, status: wire["status"] ?? "completed", content: toContent(item.role, item.content) };
}

/** A request's input as it is stored with the response, and listed by `GET …/input_items`. */
export function toStoredItems(items: readonly InputItem[], responseId: string): readonly WireItem[] {
  return items.map((item, index) => complete(item, responseId, index));
}
