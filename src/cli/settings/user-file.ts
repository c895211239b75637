import { join } from "node:path";

import { homeFolder } from "../../home-folder.ts";

/** The user's own settings, which every command reads: `~/.config/akashchat-api/.env`, or where the system keeps such. */
export function userSettingsFile(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment["XDG_CONFIG_HOME"] ?? "";
  const windows = process.platform === "win32" ? (environment["APPDATA"] ?? "") : "";
  const folder = named || windows || join(homeFolder(environment), ".config");
  return join(folder, "akashchat-api", ".env");
}
