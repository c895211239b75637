import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError } from "../usage-error.ts";
import type { ConfigFile } from "./client.ts";
import { isJsonObject, mergeJson, takeBack } from "./merge-json.ts";

/** A file's new text; `undefined`: it goes away. */
export interface Change {
  readonly path: string;
  readonly text: string | undefined;
}

/** A file that does not exist yet, as text. */
export function renderFile(file: ConfigFile): string {
  return file.format === "json" ? `${JSON.stringify(file.content, undefined, 2)}\n` : file.content;
}

/**
 * What becomes of the files, without touching any. `former` is what other sizes would have written: of that, what is
 * still there is taken back. Throws `UsageError` when a file can't be changed safely.
 */
export async function planChanges(
  files: readonly ConfigFile[],
  former: readonly ConfigFile[],
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const file of files) {
    changes.push({
      path: file.path,
      text: await prepare(
        file,
        former.filter(({ path }) => path === file.path),
      ),
    });
  }
  for (const { path, format, mark } of former) {
    const isKnown = changes.some((change) => change.path === path);
    if (isKnown || format === "json" || !existsSync(path)) continue;
    if ((await readFile(path, "utf8")).startsWith(mark)) changes.push({ path, text: undefined });
  }
  return changes;
}

/** Carries out a change. A file that was there before stays as `.bak`, or with a number when there is one already. */
export async function applyChange({ path, text }: Change): Promise<void> {
  if (existsSync(path)) {
    if ((await readFile(path, "utf8")) === text) return;
    await keepCopy(path);
  }
  if (text === undefined) {
    await rm(path);
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  // A file may hold a key: readable by its owner alone when it is new.
  await writeFile(path, text, { mode: 0o600 });
}

/** An older copy, which may be all that is left of what the user wrote, is never overwritten. */
async function keepCopy(path: string): Promise<void> {
  let copy = `${path}.bak`;
  for (let number = 2; existsSync(copy); number++) copy = `${path}.bak.${number}`;
  await copyFile(path, copy, constants.COPYFILE_EXCL);
}

/** The file's new text. */
async function prepare(file: ConfigFile, former: readonly ConfigFile[]): Promise<string> {
  if (!existsSync(file.path)) return renderFile(file);
  const old = await readFile(file.path, "utf8");
  if (file.format === "text") {
    if (old === file.content || old.startsWith(file.mark)) return file.content;
    throw new UsageError(
      `${file.path} exists and is not changed. Add this to it yourself:\n\n${file.content}`,
    );
  }
  let parsed: unknown;
  try {
    parsed = old.trim() === "" ? {} : JSON.parse(old);
  } catch {
    throw new UsageError(
      `${file.path} is not plain JSON (comments?) and is not changed. Merge this into it yourself:\n\n${renderFile(file)}`,
    );
  }
  if (!isJsonObject(parsed)) throw new UsageError(`${file.path} holds no JSON object and is not changed.`);
  let base = parsed;
  if (old.includes(file.mark)) {
    for (const { format, content } of former) {
      if (format === "json") base = takeBack(base, content, file.content);
    }
  }
  return `${JSON.stringify(mergeJson(base, file.content), undefined, 2)}\n`;
}
