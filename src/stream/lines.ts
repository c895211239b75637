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

/**
 * Creates a decoder of UTF-8 lines. Only LF ends a line (one CR before it is dropped): U+2028, U+2029 and
 * U+0085 are content. Nothing is trimmed; a byte order mark at the very start is dropped.
 * LF never occurs inside a UTF-8 sequence, so bytes are decoded only as whole lines and no cut can
 * split a character. Each byte is copied at most once: the time is linear.
 */
export function createLineDecoder(options: { readonly maxLineBytes: number }): LineDecoder {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let atStart = true;

  function keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    pending.push(bytes);
    pendingBytes += bytes.length;
    refuseLonger(pendingBytes);
  }

  function refuseLonger(length: number): void {
    if (length > options.maxLineBytes) throw new LineTooLongError(options.maxLineBytes);
  }

  /** Decodes what is kept and, behind it, `bytes` up to `end`. */
  function takeText(bytes: Uint8Array, end: number): string {
    // Most pieces end with a line: they are decoded where they are.
    const whole = pending.length === 0 ? view(bytes) : Buffer.concat([...pending, bytes.subarray(0, end)]);
    const text = whole.toString("utf8", 0, pendingBytes + end);
    pending = [];
    pendingBytes = 0;
    if (!atStart) return text;
    atStart = false;
    return text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  return {
    push(bytes) {
      const end = bytes.lastIndexOf(lineFeed) + 1;
      if (end === 0) {
        keep(bytes);
        return [];
      }
      if (pendingBytes + end > options.maxLineBytes) refuseLonger(pendingBytes + bytes.indexOf(lineFeed) + 1);
      const lines = takeText(bytes, end).split("\n");
      lines.pop();
      for (let index = 0; index < lines.length; index += 1) {
        const line = lines[index];
        if (line?.endsWith("\r") === true) lines[index] = line.slice(0, -1);
      }
      if (end < bytes.length) keep(bytes.subarray(end));
      return lines;
    },
    end() {
      if (pendingBytes === 0) return [];
      const text = takeText(nothing, 0);
      return [text.endsWith("\r") ? text.slice(0, -1) : text];
    },
  };
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
