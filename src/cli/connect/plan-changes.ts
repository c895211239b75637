import type { ConfigFile } from "./client.ts";
import { editFile, renderFile } from "./edit-file.ts";
import { readText } from "./replace-file.ts";

/** A file's old and new text; `undefined`: there is none. */
export interface Change {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What is to be done, and which files stay though others would be written there: they are the user's own. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly kept: readonly string[];
}

/**
 * What becomes of the files, without touching any: those that stay as they are are left out. `former` is what other
 * sizes would have written: of that, what is still there is taken back. Throws `UsageError` when a file can't be
 * changed safely. Paths are as seen from `folder`.
 */
export async function planChanges(
  files: readonly ConfigFile[],
  former: readonly ConfigFile[],
  folder: string,
): Promise<Plan> {
  const changes: Change[] = [];
  const kept: string[] = [];
  for (const file of files) {
    const { path } = file;
    const before = await readText(path, folder);
    if (file.format === "text" && before !== undefined && !before.startsWith(file.mark)) {
      kept.push(path);
      continue;
    }
    const others = former.filter((other) => other.path === path);
    const after = before === undefined ? renderFile(file) : editFile(file, others, before);
    changes.push({ path, before, after });
  }
  for (const { path, format, mark } of former) {
    if (format !== "text" || changes.some((change) => change.path === path)) continue;
    const before = await readText(path, folder);
    if (before?.startsWith(mark) === true) changes.push({ path, before, after: undefined });
  }
  return { changes: changes.filter(({ before, after }) => before !== after), kept };
}
