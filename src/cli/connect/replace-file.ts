import { constants, existsSync } from "node:fs";
import {
  copyFile,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { UsageError } from "../usage-error.ts";

/** What the system said, as words behind `failed`, such as "a.json can't be read". Other errors pass. */
function explain(error: unknown, failed: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  switch (error.code) {
    case "EISDIR":
      return new UsageError(`${failed}: it is a folder, where a file should be.`);
    case "ENOTDIR":
    case "EEXIST":
      return new UsageError(`${failed}: what should be a folder above it is a file.`);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new UsageError(`${failed}: you may not (${error.message}).`);
    case "ELOOP":
      return new UsageError(`${failed}: it is a symbolic link that leads back to itself.`);
    case "ENOSPC":
      return new UsageError(`${failed}: the disk is full.`);
    default:
      return error;
  }
}

/** The text of a file, its path as seen from `folder`; `undefined` if there is none. Throws `UsageError` for what can't be read as text. */
export async function readText(path: string, folder: string): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(resolve(folder, path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw explain(error, `${path} can't be read`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is not UTF-8 text.`);
  }
}

/** Where a path leads when symbolic links are followed, also to a file that is not there yet. */
async function follow(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return path;
  if (!found.isSymbolicLink() || existsSync(path)) return await realpath(path);
  const next = resolve(dirname(path), await readlink(path));
  // A link that leads back to itself is told by the system.
  return next === path ? await realpath(path) : await follow(next);
}

/**
 * Replaces a file's text at once, by a new file that takes the place of the old: nobody ever reads half of it. Keeps
 * its mode and owner, and the old text as `.bak`, or with a number when there is one already. A symbolic link stays one.
 * `undefined` removes the file. The path is as seen from `folder`. Throws `UsageError` when that is not possible, and when the file is not `before` any more.
 */
export async function replaceFile(
  path: string,
  text: string | undefined,
  { before, folder }: { readonly before: string | undefined; readonly folder: string },
): Promise<void> {
  // While the user was asked, an editor or another run may have written.
  if ((await readText(path, folder)) !== before) {
    throw new UsageError(`${path} has changed meanwhile and was not touched. Run this again.`);
  }
  try {
    const whole = resolve(folder, path);
    const target = await follow(whole);
    const old = existsSync(target) ? await stat(target) : undefined;
    if (old !== undefined) await keepCopy(target, whole);
    if (text === undefined) {
      await rm(whole);
      return;
    }
    await mkdir(dirname(target), { recursive: true });
    const temporary = `${target}.${process.pid}.tmp`;
    // It may hold a key: readable by its owner alone when it is new.
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
      if (old !== undefined) {
        await file.chmod(old.mode & 0o7777);
        if (process.getuid !== undefined && process.getuid() !== old.uid) await file.chown(old.uid, old.gid);
      }
      await file.sync();
      await file.close();
      await rename(temporary, target);
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw explain(error, `${path} was not written`);
  }
}

/** An older copy, which may be all that is left of what the user wrote, is never overwritten. */
async function keepCopy(target: string, path: string): Promise<void> {
  let copy = `${path}.bak`;
  for (let number = 2; existsSync(copy); number++) copy = `${path}.bak.${number}`;
  await copyFile(target, copy, constants.COPYFILE_EXCL);
}
