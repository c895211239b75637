/**
 * Makes `dist/` of `src/`: `npm run build`. With the TypeScript compiler where it is installed; where it is not (`npm ci --omit=dev`), or
 * with `--strip`, types are only cut out, as Node itself does it: the program is the same, but nothing is checked, and there are no
 * declarations. Then `bundle.js` puts the program into a few files. Plain JavaScript, since the oldest Node runs it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { bundle } from "./bundle.js";
import { buildConsole } from "./build-console.js";
import { buildDocument } from "./build-document.js";
import { buildReference } from "./build-reference.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { strip: { type: "boolean" }, out: { type: "string" } } });
const out = values.out ?? join(root, "dist");

// Not by resolving the name: a folder above may have a compiler of its own.
const compiler = join(root, "node_modules/typescript/bin/tsc");
if (existsSync(compiler) && values.strip !== true) {
  const project = join(root, "tsconfig.build.json");
  const { status, error } = spawnSync(process.execPath, [compiler, "-p", project, "--outDir", out], {
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
} else await strip();

await bundle(out);
await buildDocument(out);
await buildConsole(out);
buildReference(out);

async function strip() {
  const { transformSync } = await import("@swc/wasm-typescript");
  const source = join(root, "src");
  for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts") || /^console[\\/]/.test(name)) continue;
    const file = join(out, name.replace(/\.ts$/, ".js"));
    const { code } = transformSync(readFileSync(join(source, name), "utf8"), {
      mode: "strip-only",
      filename: name,
      module: true,
    });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, nameBuiltFiles(code));
  }
}

/** What the compiler's `rewriteRelativeImportExtensions` does. */
function nameBuiltFiles(code) {
  return code.replace(/(\bfrom\s*|\bimport\s*\(\s*|^import\s+)"(\.{1,2}\/[^"\n]+)\.ts"/gm, '$1"$2.js"');
}
