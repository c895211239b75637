/** Thrown when a line grows beyond the limit: the sender is broken or hostile. */
export class LineTooLongError extends Error {
  override readonly name = "LineTooLongError";

  constructor(maxBytes: number) {
    super(`A line is longer than ${maxBytes} bytes.`);
  }
}

/** Cuts bytes into lines, wherever the network cut the bytes. */
export interface LineDecoder {
  /** The lines that these bytes complete, without their ends. Throws `LineTooLongError`. */
  push(bytes: Uint8Array): string[];
  /** The last line, if it had no end. Call once. */
  end(): string[];
}

const lineFeed = 0x0a;
const nothing = new Uint8Array();

/** A class, since one is made for each request. */
class Utf8Lines implements LineDecoder {
  readonly #maxLineBytes: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #atStart = true;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  push(bytes: Uint8Array): string[] {
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      this.#keep(bytes);
      return [];
    }
    if (this.#pendingBytes + end > this.#maxLineBytes)
      this.#refuseLonger(this.#pendingBytes + bytes.indexOf(lineFeed) + 1);
    const lines = this.#takeText(bytes, end).split("\n");
    lines.pop();
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index];
      if (line?.endsWith("\r") === true) lines[index] = line.slice(0, -1);
    }
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    return lines;
  }

  end(): string[] {
    if (this.#pendingBytes === 0) return [];
    const text = this.#takeText(nothing, 0);
    return [text.endsWith("\r") ? text.slice(0, -1) : text];
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#refuseLonger(this.#pendingBytes);
  }

  #refuseLonger(length: number): void {
    if (length > this.#maxLineBytes) throw new LineTooLongError(this.#maxLineBytes);
  }

  /** Decodes what is kept and, behind it, `bytes` up to `end`. */
  #takeText(bytes: Uint8Array, end: number): string {
    // Most pieces end with a line: they are decoded where they are.
    const whole =
      this.#pending.length === 0 ? view(bytes) : Buffer.concat([...this.#pending, bytes.subarray(0, end)]);
    const text = whole.toString("utf8", 0, this.#pendingBytes + end);
    if (this.#pendingBytes > 0) this.#pending = [];
    this.#pendingBytes = 0;
    if (!this.#atStart) return text;
    this.#atStart = false;
    return text.startsWith("\uFEFF") ? text.slice(1) : text;
  }
}

/**
 * Creates a decoder of UTF-8 lines. Only LF ends a line (one CR before it is dropped): U+2028, U+2029 and
 * U+0085 are content. Nothing is trimmed; a byte order mark at the very start is dropped.
 * LF never occurs inside a UTF-8 sequence, so bytes are decoded only as whole lines and no cut can
 * split a character. Each byte is copied at most once: the time is linear.
 */
export function createLineDecoder(options: { readonly maxLineBytes: number }): LineDecoder {
  return new Utf8Lines(options.maxLineBytes);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
