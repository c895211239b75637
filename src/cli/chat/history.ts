import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

import { makeFolder } from "../../make-folder.ts";

/** Lines that are kept. */
export const mostLines = 1000;

/** What was typed in this and earlier sessions. */
export interface History {
  /** The newest first, as Node's readline wants them. */
  readonly lines: readonly string[];
  add(line: string): void;
}

/** Where a user's programs keep what is no configuration. Source: XDG Base Directory Specification */
export function historyPath(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  const { XDG_STATE_HOME = "", LOCALAPPDATA = "" } = environment;
  const local = platform === "win32" ? LOCALAPPDATA : XDG_STATE_HOME;
  const usual = platform === "win32" ? join(home, "AppData", "Local") : join(home, ".local", "state");
  return join(isAbsolute(local) ? local : usual, "akashchat-api", "chat-history");
}

/** A history that ends with the session. */
export const noHistory: History = { lines: [], add: () => undefined };

/**
 * Opens the history in a file that only its user may read; each line is added as it is typed, so that sessions side by side
 * lose nothing. What can't be read or written is told to `warn` once, and nothing else fails by it.
 */
export function openHistory(file: string, warn: (problem: string) => void): History {
  let works = true;
  function attempt(action: () => void): void {
    if (!works) return;
    try {
      action();
    } catch (error) {
      works = false;
      warn(`The history is not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  let lines: string[] = [];
  attempt(() => {
    makeFolder(dirname(file));
    if (!existsSync(file)) return;
    chmodSync(file, 0o600);
    const all = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    lines = all.slice(-mostLines);
    if (all.length > 2 * mostLines) writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  });
  return {
    lines: lines.toReversed(),
    add: (line) => attempt(() => appendFileSync(file, `${line}\n`, { mode: 0o600 })),
  };
}
