import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { UsageError } from "./usage-error.ts";

async function isAllowed(path: string): Promise<boolean> {
  return await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Whether a file can be written at `path`, as seen from the folder `from`, before the work that gives what is to be written. Throws `UsageError`, which
 * begins with `option`, when its folder is missing, a folder is in its place, or it may not be written.
 */
export async function checkWritable(path: string, option: string, from: string): Promise<void> {
  const folder = dirname(path);
  const [found, above] = await Promise.all(
    [path, folder].map((name) => stat(resolve(from, name)).catch(() => undefined)),
  );
  if (above === undefined) throw new UsageError(`${option}: there is no folder ${folder}. Make it first.`);
  if (!above.isDirectory()) throw new UsageError(`${option}: ${folder} is a file, not a folder.`);
  if (found?.isDirectory() === true)
    throw new UsageError(`${option}: ${path} is a folder. Name a file in it.`);
  if (!(await isAllowed(resolve(from, found === undefined ? folder : path)))) {
    throw new UsageError(`${option}: you may not write ${path}.`);
  }
}
