import { homedir } from "node:os";

/**
 * The user's own folder. A user whom the system does not know, as containers run by ids of a cluster's choice, has the root's, as container
 * runtimes have it: nobody but root writes there.
 */
export function homeFolder({ HOME: named }: NodeJS.ProcessEnv): string {
  if (named !== undefined && named !== "") return named;
  try {
    return homedir();
  } catch {
    // There is no other reason to fail (uv_os_homedir).
    return "/";
  }
}
