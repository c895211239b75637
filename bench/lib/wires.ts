/** How an upstream writes an answer: bytes before it, each piece, bytes behind it. */
export interface Wire {
  readonly type: string;
  readonly head: string;
  piece(text: string): string;
  tail(tokens: number): string;
}

/** Akash Chat's data stream. */
export const akashWire: Wire = {
  type: "text/plain; charset=utf-8",
  head: 'f:{"messageId":"msg-bench"}\n',
  piece: (text) => `0:${JSON.stringify(text)}\n`,
  tail(tokens) {
    const usage = { promptTokens: 10, completionTokens: tokens };
    const step = JSON.stringify({ finishReason: "stop", usage, isContinued: false });
    return `e:${step}\nd:${JSON.stringify({ finishReason: "stop", usage })}\n`;
  },
};

const chunk = (choice: object, more: object = {}): string =>
  `data: ${JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "bench",
    choices: [{ index: 0, ...choice }],
    ...more,
  })}\n\n`;

const usageOf = (tokens: number) => ({
  prompt_tokens: 10,
  completion_tokens: tokens,
  total_tokens: tokens + 10,
});

/** Server-sent events of an OpenAI-compatible server. */
export const eventWire: Wire = {
  type: "text/event-stream",
  head: chunk({ delta: { role: "assistant", content: "" }, finish_reason: null }),
  piece: (text) => chunk({ delta: { content: text }, finish_reason: null }),
  tail: (tokens) =>
    `${chunk({ delta: {}, finish_reason: "stop" }, { usage: usageOf(tokens) })}data: [DONE]\n\n`,
};

/** The whole answer of an OpenAI-compatible server. */
export function writeCompletion(pieces: readonly string[]): string {
  return JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "bench",
    choices: [{ index: 0, message: { role: "assistant", content: pieces.join("") }, finish_reason: "stop" }],
    usage: usageOf(pieces.length),
  });
}
