import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, ConfigError } from "../config.ts";
import { makeFolder } from "../make-folder.ts";

/** The file under `DATA_DIR` that holds the generated secret. It keeps the name of its first purpose, and so old links. */
export const secretFileName = "image-link-secret";

/**
 * The gateway's secret, of which image links and sealed summaries are made: `IMAGE_LINK_SECRET`; else one that is
 * generated once and kept under `DATA_DIR`; else one for this process, so that what was made with it ends with a restart.
 * Throws `ConfigError` when `DATA_DIR` can't be used: links that silently end are worse than a start that fails.
 */
export function loadSecret(config: Pick<Config, "IMAGE_LINK_SECRET" | "DATA_DIR">): string {
  if (config.IMAGE_LINK_SECRET !== undefined) return config.IMAGE_LINK_SECRET;
  const fresh = randomBytes(32).toString("hex");
  if (config.DATA_DIR === undefined) return fresh;
  const path = join(config.DATA_DIR, secretFileName);
  let kept: string;
  try {
    makeFolder(config.DATA_DIR);
    kept = writeOnce(path, fresh) ? fresh : readFileSync(path, "utf8").trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`DATA_DIR: the gateway's secret can't be kept in ${config.DATA_DIR}: ${reason}`]);
  }
  if (kept.length < 16) {
    throw new ConfigError([`DATA_DIR: ${path} holds no secret. Delete it to have a new one made.`]);
  }
  return kept;
}

/** False when the file is there already: of two processes that start at once one writes, the other reads. */
function writeOnce(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
