import path from "node:path";

/** The URL of a module beside the one at `url`, in the form that runs now: `.ts` from source, `.js` when built. */
export function siblingModule(url: string, name: string): URL {
  return new URL(`./${name}${path.extname(url)}`, url);
}
