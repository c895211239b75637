import type { EventBatch, FinishReason, Usage } from "../../model/events.ts";
import type { Source } from "../../stream/source.ts";
import { dim, toPrintable, type ChatStreams } from "./streams.ts";

/** What came of an answer; all of it but the text is missing when it was cut off. */
export interface WrittenAnswer {
  text: string;
  finish?: { readonly reason: FinishReason; readonly usage: Usage };
}

/** Between thinking and answer. */
const rule = "---";

const eraseLine = "\r\u001B[K";

/**
 * Writes an answer as it comes: its text to `output`, the thinking, if wanted, to `errors`, with a line behind it. On a
 * terminal both are cleared of control characters, and a mark shows that something is awaited. What came is put
 * into `answer`, also when the source fails, as it does when it is aborted; the last line is always ended.
 */
export async function writeAnswer(
  events: Source<EventBatch>,
  answer: WrittenAnswer,
  { streams, reasoning }: { readonly streams: ChatStreams; readonly reasoning: boolean },
): Promise<void> {
  const { output, errors } = streams;
  const kinds = new Map<number, string>();
  let thinking = "";
  let waits = output.isTTY === true && errors.isTTY === true;
  if (waits) errors.write(dim(streams, "…"));

  function endWaiting(): void {
    if (waits) errors.write(eraseLine);
    waits = false;
  }

  function endThinking(): void {
    if (thinking !== "") errors.write(`${thinking.endsWith("\n") ? "" : "\n"}${dim(streams, rule)}\n`);
    thinking = "";
  }

  try {
    await events((batch) => {
      for (const event of batch) {
        if (event.type === "finish") answer.finish = event;
        if (event.type === "block-start") kinds.set(event.index, event.block.kind);
        if (event.type !== "block-delta" || event.text === "") continue;
        const kind = kinds.get(event.index);
        if (kind === "text") {
          endWaiting();
          endThinking();
          answer.text += event.text;
          output.write(output.isTTY === true ? toPrintable(event.text) : event.text);
        } else if (kind === "reasoning" && reasoning) {
          endWaiting();
          thinking += event.text;
          errors.write(errors.isTTY === true ? dim(streams, toPrintable(event.text)) : event.text);
        }
      }
      return undefined;
    });
  } finally {
    endWaiting();
    endThinking();
    if (answer.text !== "" && !answer.text.endsWith("\n")) output.write("\n");
  }
}
