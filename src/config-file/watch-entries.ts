import { watch, type FSWatcher } from "node:fs";

import type { FolderEntry } from "./trace-path.ts";

/** Watches entries of folders, and others when they change. */
export interface EntryWatch {
  /** Watches these from now on; says whether a folder is new among them. */
  follow(entries: readonly FolderEntry[]): boolean;
  close(): void;
}

/**
 * Watches the folders of files, not the files: editors and mounts put a new one into the place of the old. `onBlind` learns
 * of each folder that can't be watched, once until it can.
 */
export function watchEntries(
  onChange: () => void,
  onBlind: (folder: string, error: unknown) => void,
): EntryWatch {
  const watchers = new Map<string, FSWatcher>();
  const blind = new Set<string>();
  let names = new Map<string, Set<string>>();

  function fail(folder: string, error: unknown): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
    if (!blind.has(folder)) onBlind(folder, error);
    blind.add(folder);
  }

  function open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        // Not every system tells the name.
        if (name === null || names.get(folder)?.has(name) === true) onChange();
      });
      watcher.on("error", (error) => fail(folder, error));
      watchers.set(folder, watcher);
      blind.delete(folder);
    } catch (error) {
      fail(folder, error);
    }
  }

  return {
    follow(entries) {
      const wanted = new Map<string, Set<string>>();
      for (const { folder, name } of entries) wanted.set(folder, (wanted.get(folder) ?? new Set()).add(name));
      names = wanted;
      for (const [folder, watcher] of watchers) {
        if (wanted.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      const fresh = [...wanted.keys()].filter((folder) => !watchers.has(folder));
      for (const folder of fresh) open(folder);
      return fresh.some((folder) => watchers.has(folder));
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
