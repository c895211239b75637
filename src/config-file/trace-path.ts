import { readlinkSync } from "node:fs";
import { dirname, isAbsolute, join, parse, resolve, sep } from "node:path";

/** An entry of a folder. */
export interface FolderEntry {
  readonly folder: string;
  readonly name: string;
}

/** More links than any system follows. */
const mostLinks = 40;

/**
 * The entries that decide which file a path is: the file's own, and that of each link on the way. A mounted ConfigMap is
 * `gateway.yaml -> ..data/gateway.yaml` and `..data -> ..2026_07_01`, and only the latter is ever replaced.
 */
export function tracePath(path: string): readonly FolderEntry[] {
  const links: FolderEntry[] = [];
  let current = resolve(path);
  for (let count = 0; count < mostLinks; count += 1) {
    const link = findFirstLink(current);
    if (link === undefined) break;
    links.push({ folder: dirname(link.path), name: link.name });
    const target = isAbsolute(link.target) ? link.target : join(dirname(link.path), link.target);
    current = resolve(target, link.rest);
  }
  return [...links, { folder: dirname(current), name: parse(current).base }];
}

/** The first part of a path that is a link. Links above are followed already, so each is looked at once. */
function findFirstLink(path: string) {
  const { root } = parse(path);
  const parts = path.slice(root.length).split(sep);
  for (const [index, name] of parts.entries()) {
    const part = join(root, ...parts.slice(0, index + 1));
    const target = readLink(part);
    if (target !== undefined) return { path: part, name, target, rest: parts.slice(index + 1).join(sep) };
  }
  return undefined;
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // No link, or nothing there: what is wrong with it, reading the file tells.
    return undefined;
  }
}
