import { homedir } from "node:os";

/**
 * The user's own folder. A user whom the system does not know, as containers run by ids of a cluster's choice, has the root's, as container
 * runtimes have it: nobody but root writes there.
 */
export function homeFolder({ HOME, USERPROFILE }: Readonly<Record<string, string | undefined>>): string {
  const named = HOME || (process.platform === "win32" ? USERPROFILE : undefined);
  if (named !== undefined && named !== "") return named;
  try {
    return homedir();
  } catch {
    // There is no other reason to fail (uv_os_homedir).
    return "/";
  }
}
