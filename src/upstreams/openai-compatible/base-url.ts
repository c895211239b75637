/** The parts of a base URL that requests are made of. */
export interface BaseUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Without a slash at its end: `/v1`; may be empty. */
  readonly path: string;
  /** What stands before `/v1`, for the server's own routes. */
  readonly root: string;
  /** For memories: without a login. */
  readonly key: string;
}

/** Takes a base URL apart. Throws `TypeError` if it is none. */
export function readBaseUrl(text: string): BaseUrl {
  const { origin, pathname } = new URL(text);
  const path = pathname.replace(/\/+$/, "");
  return { origin, path, root: path.replace(/\/v\d+$/, ""), key: origin + path };
}

/**
 * The path at the origin for a path of the rules: what is below `/v1` there is below the base URL, whatever that is called here. A
 * list whose path the base URL ends like (`/api/v1`) is below it, too.
 */
export function toServerPath({ path, root }: BaseUrl, rule: string): string {
  const cut = rule.lastIndexOf("/");
  const folder = rule.slice(0, cut);
  if (folder === "/v1" || (folder !== "" && path.endsWith(folder))) return path + rule.slice(cut);
  return root + rule;
}
