import { mkdirSync, type Stats, statSync } from "node:fs";
import path from "node:path";

/**
 * Makes a folder, and those above it that are missing, for this user alone. Throws what the file system throws, at once: Node's own
 * recursive form tries for ever where a folder is there and yet takes no other (`/proc/x`).
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const above = path.dirname(folder);
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have been as quick.
    if (!isFolder(folder)) throw error;
  }
}

/** Throws where something else has the name. */
function isFolder(name: string): boolean {
  const found = find(name);
  if (found === undefined || found.isDirectory()) return found !== undefined;
  throw new Error(`${name} is a file, not a folder`);
}

function find(name: string): Stats | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false });
  } catch (error) {
    // Below a file there is nothing, which Node 20 says so.
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
