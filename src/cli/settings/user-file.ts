import { homedir } from "node:os";
import { join } from "node:path";

/** The user's own settings, which every command reads: `~/.config/akashchat-api/.env`, or where the system keeps such. */
export function userSettingsFile(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment["XDG_CONFIG_HOME"] ?? "";
  const windows = process.platform === "win32" ? (environment["APPDATA"] ?? "") : "";
  const folder = named || windows || join(environment["HOME"] || homedir(), ".config");
  return join(folder, "akashchat-api", ".env");
}
