const safeName = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Whether a name is a plain file name of the upstream's image route: no path, no query, no way up.
 * The upstream itself would pass `..%2F` on to its image workers.
 */
export function isImageName(name: string): boolean {
  return name.length <= 200 && safeName.test(name) && !name.includes("..");
}
