import type { DatabaseProblem } from "./sqlite/protocol.ts";

/** A file in `DATA_DIR`, as the log names it to who has to mend it. */
export interface KeptFile {
  readonly path: string;
  /** What is lost if a damaged one is moved away: "nothing but stored responses". */
  readonly holds: string;
}

/** What a line about a failure of the file says of it: where it is, and what helps. Without a file nothing. */
export function tellFile(
  file: KeptFile | undefined,
  problem: DatabaseProblem,
): { readonly file?: string; readonly remedy?: string } {
  return file === undefined ? {} : { file: file.path, remedy: remedies[problem](file) };
}

const remedies: Readonly<Record<DatabaseProblem, (file: KeptFile) => string>> = {
  "disk-full": () => "Free some room on the disk of DATA_DIR.",
  locked: () => "End the other program that has the file open, or give this gateway a DATA_DIR of its own.",
  "queue-full": () =>
    "The disk of DATA_DIR is too slow for what comes: give it a faster one, or less to keep.",
  unavailable: ({ holds }) =>
    `Let the gateway's user write to DATA_DIR, or move a damaged file away: it holds ${holds}. No restart is needed.`,
};
