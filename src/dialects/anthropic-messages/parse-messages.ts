import type {
  FilePart,
  ImagePart,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../model/request.ts";
import { describeSearchResult, readDocument, toImage } from "./parse-parts.ts";
import { type FieldPath, toFieldError } from "./parse-body.ts";
import type { WireBlock, WireBrowserState, WireMessage, WireToolResult } from "./request-schema.ts";
import { describeChange } from "./tool-changes.ts";
import { fromToolUseId } from "./tool-use-id.ts";
import { memberName } from "./toolset.ts";

type UserPart = TextPart | ImagePart | FilePart;
type AssistantPart = TextPart | ReasoningPart | ToolCallPart;

function text(value: string): TextPart {
  return { type: "text", text: value };
}

/** Results of server-run tools, as JSON without the encrypted parts that only their maker can read. */
function describeServerResult(block: { type: string; content?: unknown }): string {
  const readable = JSON.stringify(block.content ?? null, (key, value: unknown) =>
    key.startsWith("encrypted_") ? undefined : value,
  );
  return `[${block.type.replace(/_tool_result$/, " result")}] ${readable}`;
}

/** What a browser shows, in words. */
function describeBrowser({ tabs, state_changes: changes }: WireBrowserState): string {
  const lines = tabs.map(
    ({ tab_id: id, title, url, active }) => `- ${id}: ${title} <${url}>${active === true ? " (active)" : ""}`,
  );
  return ["Tabs:", ...lines, ...(changes ?? []).map((change) => JSON.stringify(change))].join("\n");
}

function toToolResult(block: WireToolResult, path: FieldPath): ToolResultPart {
  const content = (block.content ?? []).flatMap((part, index): (TextPart | ImagePart)[] => {
    const at = [...path, "content", index];
    switch (part.type) {
      case "image":
        return [toImage(part, at)];
      case "document": {
        const { file, images } = readDocument(part, at);
        return [text(block.content?.length === 1 ? file.text : `${file.name}:\n${file.text}`), ...images];
      }
      case "search_result":
        return [text(describeSearchResult(part))];
      case "tool_reference":
        return [text(`The tool "${part.tool_name}" is available.`)];
      case "browser_state":
        return [text(describeBrowser(part))];
      default:
        return [text(part.text)];
    }
  });
  return {
    type: "tool-result",
    callId: fromToolUseId(block.tool_use_id),
    content,
    isError: block.is_error ?? false,
  };
}

function misplaced(block: WireBlock, role: string, path: FieldPath): Error {
  return toFieldError([...path, "type"], `'${block.type}' blocks are not allowed in ${role} messages`);
}

function toUserPart(block: WireBlock, path: FieldPath): UserPart[] {
  switch (block.type) {
    case "text":
      return [text(block.text)];
    case "image":
      return [toImage(block, path)];
    case "document": {
      const { file, images } = readDocument(block, path);
      return [file, ...images];
    }
    case "search_result":
      return [text(describeSearchResult(block))];
    case "compaction":
      return block.content ? [text(block.content)] : [];
    case "tool_addition":
    case "tool_removal": {
      const change = describeChange(block);
      return change === undefined ? [] : [text(change)];
    }
    case "thinking":
    case "tool_use":
    case "tool_result":
      throw misplaced(block, "user", path);
    default:
      return "content" in block ? [text(describeServerResult(block))] : [];
  }
}

function toAssistantPart(block: WireBlock, path: FieldPath): AssistantPart[] {
  switch (block.type) {
    case "text":
      return [text(block.text)];
    case "thinking":
      // With `display: "omitted"` clients keep a block without its text.
      return block.thinking === "" ? [] : [{ type: "reasoning", text: block.thinking }];
    case "tool_use":
      return [
        {
          type: "tool-call",
          callId: fromToolUseId(block.id),
          name: block.toolset_name
            ? memberName({ name: block.name, toolset_name: block.toolset_name })
            : block.name,
          arguments: JSON.stringify(block.input ?? {}),
        },
      ];
    case "compaction":
      return block.content ? [text(block.content)] : [];
    case "image":
    case "document":
    case "search_result":
    case "tool_result":
    case "tool_addition":
    case "tool_removal":
      throw misplaced(block, "assistant", path);
    default:
      return "content" in block ? [text(describeServerResult(block))] : [];
  }
}

/** A user turn may mix tool results with words: each run becomes a message of its own, in order. */
function splitUserTurn(blocks: readonly WireBlock[], path: FieldPath): Message[] {
  const messages: Message[] = [];
  let results: ToolResultPart[] = [];
  let parts: UserPart[] = [];
  const close = () => {
    if (results.length > 0) messages.push({ role: "tool", parts: results });
    if (parts.length > 0) messages.push({ role: "user", parts });
    results = [];
    parts = [];
  };
  for (const [index, block] of blocks.entries()) {
    const at = [...path, index];
    const isResult = block.type === "tool_result";
    if (isResult ? parts.length > 0 : results.length > 0) close();
    if (isResult) results.push(toToolResult(block, at));
    else parts.push(...toUserPart(block, at));
  }
  close();
  return messages;
}

/**
 * The canonical messages of one wire message: none if it holds nothing for the model, several if tool results
 * and words are mixed.
 */
function parseMessage(message: WireMessage, index: number): Message[] {
  const path = ["messages", index, "content"];
  if (message.role === "user") return splitUserTurn(message.content, path);
  if (message.role === "assistant") {
    const parts = message.content.flatMap((block, at) => toAssistantPart(block, [...path, at]));
    return parts.length === 0 ? [] : [{ role: "assistant", parts }];
  }
  const parts = message.content.flatMap((block, at) => {
    if (block.type === "text") return [text(block.text)];
    if (block.type !== "tool_addition" && block.type !== "tool_removal")
      throw misplaced(block, "system", [...path, at]);
    const change = describeChange(block);
    return change === undefined ? [] : [text(change)];
  });
  return parts.length === 0 ? [] : [{ role: "system", parts }];
}

/**
 * The turns of a conversation, without the system messages that were to be seen only until the user spoke again. Throws
 * `GatewayError` (`invalid-request` or `unsupported`) that names the block.
 */
export function parseMessages(wireMessages: readonly WireMessage[]): Message[] {
  const lastUser = wireMessages.findLastIndex(({ role }) => role === "user");
  return wireMessages.flatMap((message, index) => {
    const turns = parseMessage(message, index);
    const isCleared =
      message.role === "system" && message.clear_at === "next_user_message" && index < lastUser;
    return isCleared ? [] : turns;
  });
}
