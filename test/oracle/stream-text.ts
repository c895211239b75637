import { createOpenAI } from "@ai-sdk/openai";
import { formatDataStreamPart, processDataStream, streamText } from "ai";

/** A reply as the upstream's application makes it: its own library, streaming from an OpenAI-like back end. */
export function createUpstreamResponse(backEndUrl: string): Response {
  const openai = createOpenAI({ baseURL: backEndUrl, apiKey: "test", compatibility: "compatible" });
  const result = streamText({
    model: openai("some-model"),
    messages: [{ role: "user", content: "Hello" }],
    temperature: 0.6,
    maxRetries: 0,
    // The error reaches the reader as a part of the stream; it need not be logged as well.
    onError() {},
  });
  return result.toDataStreamResponse({
    getErrorMessage: (error) => (error instanceof Error ? error.message : String(error)),
  });
}

/** What the library's own reader understands. */
export async function readWithSdk(
  body: Uint8Array,
): Promise<{ text: string; errors: string[]; finishReason: string | undefined }> {
  let text = "";
  let finishReason: string | undefined;
  const errors: string[] = [];
  await processDataStream({
    stream: new Blob([Uint8Array.from(body)]).stream(),
    onTextPart(part) {
      text += part;
    },
    onErrorPart(part) {
      errors.push(part);
    },
    onFinishMessagePart(part) {
      finishReason = part.finishReason;
    },
  });
  return { text, errors, finishReason };
}

export { formatDataStreamPart };
