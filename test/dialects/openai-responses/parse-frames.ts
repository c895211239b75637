import type { WireEvent } from "../../../src/dialects/openai-responses/wire.ts";

/** Reads a Responses stream strictly: every frame is `event:` and `data:`, behind any comments. */
export function parseFrames(text: string): WireEvent[] {
  if (text === "") return [];
  if (!text.endsWith("\n\n")) throw new Error("The stream ends inside a frame.");
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((frame) => frame.replace(/^(?::.*\n)+/, ""))
    .map((frame) => {
      const match = /^event: (\S+)\ndata: (\{.*\})$/s.exec(frame);
      if (match?.[1] === undefined || match[2] === undefined) throw new Error(`Not a frame: ${frame}`);
      const event = JSON.parse(match[2]) as WireEvent;
      if (event.type !== match[1]) throw new Error(`The frame ${match[1]} holds ${event.type}.`);
      return event;
    });
}
