import { lstatSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Mistake } from "./mistake.ts";

/** Where the file is, and what was passed over. */
export interface FoundConfigFile {
  /** `undefined`: there is none, so variables say which upstreams there are. */
  readonly path: string | undefined;
  /** Full paths of files that look like it and are not read, `gateway.yml`: somebody may think that they are. */
  readonly passedOver: readonly string[];
}

/** The `CONFIG_FILE` that is no file: nothing is looked for either. */
const noFile = "none";

/**
 * Looks for the configuration file: the one that `CONFIG_FILE` names, whether it is there or not (`none`: no file); else
 * `gateway.yaml` in `DATA_DIR`, else in `folder`, where the program was started. A folder or a broken link of that name is found as well,
 * since it can't be meant to be passed over.
 */
export function findConfigFile(
  settings: { readonly CONFIG_FILE?: string | undefined; readonly DATA_DIR?: string | undefined },
  folder: string,
): FoundConfigFile {
  if (settings.CONFIG_FILE === noFile) return { path: undefined, passedOver: [] };
  if (settings.CONFIG_FILE !== undefined) {
    return { path: resolve(folder, settings.CONFIG_FILE), passedOver: [] };
  }
  const folders = settings.DATA_DIR === undefined ? [folder] : [resolve(folder, settings.DATA_DIR), folder];
  const path = folders.map((parent) => join(parent, "gateway.yaml")).find(exists);
  const passedOver =
    path === undefined ? folders.map((parent) => join(parent, "gateway.yml")).filter(exists) : [];
  return { path, passedOver };
}

/** Says of files that were passed over what to do. */
export function warnOfPassedOver({ passedOver }: FoundConfigFile): readonly Mistake[] {
  return passedOver.map((file) => ({
    place: { file },
    message: "is not read: name it gateway.yaml, or set CONFIG_FILE to it.",
  }));
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // What may not be looked at is told when it is read.
    return !(error instanceof Error && "code" in error && error.code === "ENOTDIR");
  }
}
