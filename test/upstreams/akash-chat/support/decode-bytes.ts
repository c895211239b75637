import type { GatewayError } from "../../../../src/errors.ts";
import type { ChatEvent } from "../../../../src/model/events.ts";
import { createLineDecoder } from "../../../../src/stream/lines.ts";
import { createDataStreamDecoder } from "../../../../src/upstreams/akash-chat/decode-stream.ts";
import type { StreamDecoder } from "../../../../src/upstreams/akash-chat/stream-decoder.ts";

/** How an answer came out, deltas of a block joined. */
export interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly finish: Extract<ChatEvent, { type: "finish" }> | undefined;
  readonly failure: GatewayError | undefined;
}

/** Decodes pieces of a stream to their outcome. */
export function decodePieces(
  pieces: Iterable<Uint8Array>,
  decoder: StreamDecoder = createDataStreamDecoder("m"),
): Outcome {
  const lines = createLineDecoder({ maxLineBytes: 10_000_000 });
  for (const piece of pieces) for (const line of lines.push(piece)) decoder.push(line);
  for (const line of lines.end()) decoder.push(line);
  decoder.end();

  let text = "";
  let reasoning = "";
  let kind = "";
  let finish: Outcome["finish"];
  for (const event of decoder.take()) {
    if (event.type === "block-start") kind = event.block.kind;
    if (event.type === "block-delta" && kind === "text") text += event.text;
    if (event.type === "block-delta" && kind === "reasoning") reasoning += event.text;
    if (event.type === "finish") finish = event;
  }
  return { text, reasoning, finish, failure: decoder.failure };
}

/** One line that says all of an outcome but its text. */
export function describe(outcome: Outcome): string {
  const { failure, finish } = outcome;
  if (failure !== undefined) return `${outcome.text === "" ? "" : "text, then "}${failure.kind}`;
  if (finish === undefined) return "nothing";
  const { inputTokens, outputTokens } = finish.usage;
  return `${finish.reason.kind} ${inputTokens ?? "?"}/${outputTokens ?? "?"}`;
}
