import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";

/** The file under `DATA_DIR` that holds the generated secret. */
export const secretFileName = "image-link-secret";

/**
 * The key that image links are signed with: `IMAGE_LINK_SECRET`; else one that is generated once and kept
 * under `DATA_DIR`; else one for this process, so that older links end with a restart.
 * Throws when `DATA_DIR` can't be read or written: links that silently end are worse than a start that fails.
 */
export function loadLinkSecret(config: Pick<Config, "IMAGE_LINK_SECRET" | "DATA_DIR">): string {
  if (config.IMAGE_LINK_SECRET !== undefined) return config.IMAGE_LINK_SECRET;
  const fresh = randomBytes(32).toString("hex");
  if (config.DATA_DIR === undefined) return fresh;
  mkdirSync(config.DATA_DIR, { recursive: true });
  const path = join(config.DATA_DIR, secretFileName);
  try {
    // "wx": of two processes that start at once one creates the file and the other reads it.
    writeFileSync(path, fresh, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!isFileExists(error)) throw error;
  }
  const kept = readFileSync(path, "utf8").trim();
  if (kept.length < 16) {
    throw new Error(`${path} holds no secret of 16 or more characters. Delete it to have a new one made.`);
  }
  return kept;
}

function isFileExists(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
