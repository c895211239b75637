import { createBlockWriter, type BlockWriter } from "../../src/model/block-writer.ts";
import type { ChatEvent } from "../../src/model/events.ts";

/** A block writer in which every piece stays a delta of its own, as when each came by a network read of its own. */
export function createPieceWriter(model: string): BlockWriter {
  const writer = createBlockWriter(model);
  const events: ChatEvent[] = [];
  const keep = (): void => {
    events.push(...writer.take());
  };
  return {
    write(kind, text) {
      writer.write(kind, text);
      keep();
    },
    writeImage(image, markdown) {
      writer.writeImage(image, markdown);
      keep();
    },
    openToolCall(callId, name) {
      writer.openToolCall(callId, name);
      keep();
    },
    writeArguments(text) {
      writer.writeArguments(text);
      keep();
    },
    close() {
      writer.close();
      keep();
    },
    finish(reason, usage) {
      writer.finish(reason, usage);
      keep();
    },
    take: () => events.splice(0),
    get blockCount() {
      return writer.blockCount;
    },
    get finished() {
      return writer.finished;
    },
  };
}
