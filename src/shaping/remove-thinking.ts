import { splitThinking } from "./split-thinking.ts";

/** Takes `<think>` blocks out of an earlier answer: Akash Chat's own client does so before it sends history. */
export function removeThinking(text: string): string {
  if (!text.includes("<think>")) return text;
  const splitter = splitThinking({ mayOmitOpening: false });
  const events = [
    { type: "response-start", model: "" } as const,
    { type: "block-start", index: 0, block: { kind: "text" } } as const,
    { type: "block-delta", index: 0, text } as const,
    { type: "block-end", index: 0 } as const,
  ].flatMap((event) => splitter.push(event));
  let isText = false;
  let rest = "";
  for (const event of [...events, ...splitter.flush()]) {
    if (event.type === "block-start") isText = event.block.kind === "text";
    if (event.type === "block-delta" && isText) rest += event.text;
  }
  return rest;
}
