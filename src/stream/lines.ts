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
    if (pendingBytes > options.maxLineBytes) throw new LineTooLongError(options.maxLineBytes);
  }

  function takeText(): string {
    const [first] = pending;
    const bytes = pending.length === 1 && first !== undefined ? view(first) : Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    const text = bytes.toString("utf8");
    if (!atStart) return text;
    atStart = false;
    return text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  return {
    push(bytes) {
      const first = bytes.indexOf(lineFeed);
      if (first === -1) {
        keep(bytes);
        return [];
      }
      keep(bytes.subarray(0, first + 1));
      const last = bytes.lastIndexOf(lineFeed);
      if (last > first) pending.push(bytes.subarray(first + 1, last + 1));
      const lines = takeText().split("\n");
      lines.pop();
      for (let index = 0; index < lines.length; index += 1) {
        const line = lines[index];
        if (line?.endsWith("\r") === true) lines[index] = line.slice(0, -1);
      }
      keep(bytes.subarray(last + 1));
      return lines;
    },
    end() {
      if (pendingBytes === 0) return [];
      const text = takeText();
      return [text.endsWith("\r") ? text.slice(0, -1) : text];
    },
  };
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
