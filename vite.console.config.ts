import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Writes each file compressed beside it, so that the gateway has nothing to do but to send it. */
function compress(): Plugin {
  let out = "";
  return {
    name: "compress",
    configResolved({ build }) {
      out = build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(out, { recursive: true, encoding: "utf8" })) {
        if (!/\.(?:html|js|css)$/.test(name)) continue;
        const file = join(out, name);
        const bytes = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Builds the console (`src/console/`) into `dist/console/`; `npm run build` does it. */
export default defineConfig({
  root: folder("./src/console"),
  // It may stand behind any path.
  base: "./",
  cacheDir: folder("./node_modules/.vite-console"),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: folder("./dist/console"),
    emptyOutDir: true,
    target: "es2022",
    // The notices of what is in it, which their licences want beside it.
    license: { fileName: "THIRD-PARTY-LICENSES.md" },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // What most pages share is one file: many small ones are dearer than what a page gets too much.
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 3 }] } },
    },
  },
  logLevel: "warn",
  plugins: [compress()],
});
