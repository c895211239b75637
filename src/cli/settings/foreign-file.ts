import { isAbsolute } from "node:path";

/** Which files a gateway reads and writes. */
const paths: ReadonlySet<string> = new Set(["CONFIG_FILE", "DATA_DIR"]);
/** Where what people ask may be kept, which is for them to say. */
const places: ReadonlySet<string> = new Set(["DATABASE_URL"]);
/** What is sent to an address. */
const secretsOf: Readonly<Record<string, readonly string[]>> = {
  SERVER_ADDRESS: ["ADMIN_TOKEN"],
  PUBLIC_URL: ["ADMIN_TOKEN"],
  AKASH_BASE_URL: ["AKASH_ACCESS_TOKEN", "AKASH_COOKIE"],
  AKASHML_BASE_URL: ["AKASHML_API_KEY"],
  COMPATIBLE_BASE_URL: ["COMPATIBLE_API_KEY"],
};

/**
 * Whether a path, or a database, is not taken from a file of settings by a command that people start in any folder: one in the folder's own
 * file may lead to a file of anybody's, and a relative path in the user's own (`isOurs`) is another in each folder.
 */
export function isForeignPath(name: string, value: string, isOurs: boolean): boolean {
  if (places.has(name)) return !isOurs;
  return paths.has(name) && !(isOurs && (value === "none" || isAbsolute(value)));
}

/**
 * The secret that would go to an address which the file of any folder names, such as that of a repository just cloned, though
 * the secret is not from there. `isElsewhere` says whether a setting has a value that is not from this file.
 */
export function findExposedSecret(name: string, isElsewhere: (name: string) => boolean): string | undefined {
  return secretsOf[name]?.find(isElsewhere);
}
