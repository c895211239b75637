import { isRecord } from "../find-ignored.ts";
import { listOf } from "../find-openai-ignored.ts";

/**
 * The thinking that an item of type `reasoning` tells: its whole text, if it has one, else its summary. Empty for one that is
 * encrypted, which only its maker can read. Clients send these back as they got them, so a wrong form is no reason to refuse.
 */
export function readReasoning(item: Readonly<Record<string, unknown>>): string {
  return textOf(item["content"]) || textOf(item["summary"]);
}

function textOf(parts: unknown): string {
  return listOf(parts)
    .flatMap((part) => (isRecord(part) && typeof part["text"] === "string" ? [part["text"]] : []))
    .filter((text) => text !== "")
    .join("\n\n");
}
