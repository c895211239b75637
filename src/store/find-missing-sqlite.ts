import { isBuiltin } from "node:module";

/** Why this Node can't keep responses in a file, and what to do; `undefined`: it can. */
export function findMissingSqlite(): string | undefined {
  // It came with Node 22.5 and needs no flag since 22.13.
  if (isBuiltin("node:sqlite")) return undefined;
  return (
    `storing responses in a file needs Node 22.13 or newer, and this is ${process.version}. ` +
    "Update Node, or unset DATA_DIR to keep responses in memory."
  );
}
