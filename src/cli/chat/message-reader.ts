import { createInterface } from "node:readline/promises";

import { linkSignal } from "../../stream/link-signal.ts";
import { Echo } from "./echo.ts";
import type { History } from "./history.ts";
import { note, type ChatStreams } from "./streams.ts";

/** Reads messages from a terminal. */
export interface MessageReader {
  /** The next message; `undefined` when the user has ended. */
  next(): Promise<string | undefined>;
  /** Runs what the user waits for: Ctrl-C aborts its signal, and what is typed meanwhile waits for its end. */
  during<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T>;
  close(): void;
}

/** What reading takes. */
export interface MessageReaderOptions {
  readonly streams: ChatStreams;
  readonly history: History;
  readonly complete: (line: string) => Promise<[string[], string]>;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

const prompts = { first: "> ", more: "… " } as const;

/** Terminals then put marks around what is pasted. Source: https://invisible-island.net/xterm/ctlseqs (Bracketed Paste) */
const pasteMarks = { on: "\u001B[?2004h", off: "\u001B[?2004l" } as const;

/** A line of a message; a typed one that ends in `\` goes on in the next. */
interface Line {
  readonly text: string;
  readonly pasted: boolean;
}

function goesOn({ text, pasted }: Line): boolean {
  return !pasted && text.endsWith("\\");
}

function join(lines: readonly Line[]): string {
  return lines.map((line) => (goesOn(line) ? line.text.slice(0, -1) : line.text)).join("\n");
}

/** Whether a block of code is open. */
function isFenceOpen(lines: readonly Line[]): boolean {
  return lines.filter(({ text }) => /^\s*```/.test(text)).length % 2 === 1;
}

/** Creates a reader. It holds the terminal until it is closed. */
export function createMessageReader(options: MessageReaderOptions): MessageReader {
  const { streams, history } = options;
  const echo = new Echo(streams.output);
  const editor = createInterface({
    input: streams.input,
    output: echo,
    terminal: true,
    prompt: prompts.first,
    history: [...history.lines],
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: options.complete,
  });
  const ready: { readonly text: string; readonly shown: boolean }[] = [];
  let lines: Line[] = [];
  let pasting = false;
  let ended = false;
  /** Ctrl-C was pressed with nothing to stop or to clear: once more ends. */
  let warned = false;
  let abort: (() => void) | undefined;
  let wake: (() => void) | undefined;

  function show(): void {
    if (ended || echo.muted) return;
    editor.setPrompt(lines.length === 0 ? prompts.first : prompts.more);
    editor.prompt(true);
  }

  function end(): void {
    ended = true;
    // Behind the prompt that nothing will follow.
    if (wake !== undefined) streams.output.write("\n");
    wake?.();
  }

  function interrupt(): void {
    if (abort !== undefined) {
      abort();
      return;
    }
    const clears = editor.line !== "" || lines.length > 0;
    if (!clears && warned) {
      editor.close();
      return;
    }
    lines = [];
    warned = !clears;
    editor.write(null, { ctrl: true, name: "e" });
    editor.write(null, { ctrl: true, name: "u" });
    echo.write("\n");
    if (warned) note(streams, "Ctrl-C again, or Ctrl-D, ends.");
    show();
  }

  streams.output.write(pasteMarks.on);
  // In front of the editor's own listener, which makes lines of what is between the marks.
  streams.input.prependListener("keypress", (_text: unknown, key: { readonly name?: string } | undefined) => {
    if (key?.name === "paste-start") pasting = true;
    if (key?.name !== "paste-end") return;
    pasting = false;
    if (lines.length > 0) show();
  });
  editor.on("SIGINT", interrupt);
  editor.on("close", end);
  editor.on("line", (text) => {
    warned = false;
    const line = { text, pasted: pasting };
    if (text.trim() !== "") history.add(text);
    lines.push(line);
    if (pasting) return;
    if (goesOn(line) || isFenceOpen(lines)) {
      show();
      return;
    }
    ready.push({ text: join(lines), shown: !echo.muted });
    lines = [];
    wake?.();
  });
  const close = (): void => editor.close();
  options.signal.addEventListener("abort", close, { once: true });

  return {
    async next() {
      if (ready.length === 0 && !ended) {
        show();
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
      const message = ready.shift();
      // It was typed into an answer, where it was not seen.
      if (message?.shown === false) streams.output.write(`${prompts.first}${message.text}\n`);
      return message?.text;
    },
    async during(task) {
      const linked = linkSignal(options.signal);
      abort = () => linked.abort();
      echo.muted = true;
      try {
        return await task(linked.signal);
      } finally {
        abort = undefined;
        echo.muted = false;
        linked.release();
      }
    },
    close() {
      options.signal.removeEventListener("abort", close);
      editor.close();
      streams.output.write(pasteMarks.off);
    },
  };
}
