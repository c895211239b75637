import type { Protocol } from "./types.ts";

/** Token counts as the back end reports them; `null` when it reports none. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** Writes the parts of one answer in a framing; every result is one HTTP chunk. */
export interface FrameEncoder {
  /** The reply's own headers. */
  readonly headers: Readonly<Record<string, string>>;
  start(): string[];
  text(delta: string): string[];
  error(message: string): string[];
  finish(reason: string, usage: Usage): string[];
  /** Closes the body after `finish`; not sent when an answer is cut. */
  end(): string[];
}

/** The encoder of a framing; `messageId` goes into the first frame. */
export function createFrameEncoder(protocol: Protocol, messageId: string): FrameEncoder {
  return protocol === "data-stream" ? dataStream(messageId) : uiMessageStream(messageId);
}

/** The AI SDK's data stream, version 1: `<code>:<JSON>` and a line feed. */
function dataStream(messageId: string): FrameEncoder {
  return {
    headers: { "content-type": "text/plain; charset=utf-8", "x-vercel-ai-data-stream": "v1" },
    start: () => frame("f", { messageId }),
    text: (delta) => frame("0", delta),
    error: (message) => frame("3", message),
    finish: (finishReason, usage) => [
      ...frame("e", { finishReason, usage, isContinued: false }),
      ...frame("d", { finishReason, usage }),
    ],
    end: () => [],
  };
}

/** The UI message stream of the AI SDK 5 and later: server-sent events that end with `[DONE]`. */
function uiMessageStream(messageId: string): FrameEncoder {
  let textOpen = false;
  const closeText = (): string[] => {
    if (!textOpen) return [];
    textOpen = false;
    return [event({ type: "text-end", id: "0" })];
  };
  return {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
      "x-vercel-ai-ui-message-stream": "v1",
      "x-accel-buffering": "no",
    },
    start: () => [event({ type: "start", messageId }), event({ type: "start-step" })],
    text(delta) {
      const opening = textOpen ? [] : [event({ type: "text-start", id: "0" })];
      textOpen = true;
      return [...opening, event({ type: "text-delta", id: "0", delta })];
    },
    error: (errorText) => [event({ type: "error", errorText })],
    finish: (finishReason) => [
      ...closeText(),
      event({ type: "finish-step" }),
      event({ type: "finish", finishReason }),
    ],
    end: () => ["data: [DONE]\n\n"],
  };
}

function frame(code: string, payload: unknown): string[] {
  return [`${code}:${JSON.stringify(payload)}\n`];
}

function event(payload: object): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}
