import { isBuiltin } from "node:module";

/**
 * Whether this Node can run the file store from source: it needs `node:sqlite`, and workers that read TypeScript.
 * For `test.runIf(hasSqlite)`; such files load `node:sqlite` inside of their tests only.
 */
export const hasSqlite = isBuiltin("node:sqlite") && Boolean(Reflect.get(process.features, "typescript"));
