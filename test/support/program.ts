import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The program's file: its source where Node reads TypeScript by itself (22.18 and newer), else what `npm run build`
 * made of it.
 */
export const program = process.features.typescript ? `${root}src/main.ts` : `${root}dist/main.js`;

if (!existsSync(program))
  throw new Error(`Node ${process.version} runs only the built program. Run npm run build.`);
