import { createBlockWriter } from "../model/block-writer.ts";
import { splitThinking } from "./split-thinking.ts";

/** Takes `<think>` blocks out of an earlier answer: chat clients do so before they send history. */
export function removeThinking(text: string): string {
  if (!text.includes("<think>")) return text;
  const splitter = splitThinking({ mayOmitOpening: false });
  const writer = createBlockWriter("");
  writer.write("text", text);
  writer.close();
  const events = writer.take().flatMap((event) => splitter.push(event));
  let isText = false;
  let rest = "";
  for (const event of [...events, ...splitter.flush()]) {
    if (event.type === "block-start") isText = event.block.kind === "text";
    if (event.type === "block-delta" && isText) rest += event.text;
  }
  return rest;
}
