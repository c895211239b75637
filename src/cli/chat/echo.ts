import { Writable } from "node:stream";

import type { ChatStreams } from "./streams.ts";

/** The terminal as the line editor sees it: what it writes while `muted`, such as keys typed into an answer, is dropped. */
export class Echo extends Writable {
  muted = false;
  readonly #target: ChatStreams["output"];

  constructor(target: ChatStreams["output"]) {
    super({ decodeStrings: false });
    this.#target = target;
    target.on("resize", () => this.emit("resize"));
  }

  /** Where lines wrap. */
  get columns(): number | undefined {
    return this.#target.columns;
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.#target.write(chunk);
    done();
  }
}
