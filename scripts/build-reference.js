import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const source = fileURLToPath(new URL("../src/reference-page/", import.meta.url));

/** The folder of the viewer; `undefined`: it is not installed. */
function findViewer() {
  try {
    return dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Writes a file and its compressed forms, so that the gateway has nothing to do but to send it. */
function write(file, bytes) {
  writeFileSync(file, bytes);
  writeFileSync(`${file}.br`, brotliCompressSync(bytes));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

/**
 * Puts the page of the API's reference into `<out>/reference`: the viewer's files and ours, each under a name that changes with what is in it, and
 * the notices that the viewer's licences want beside it. Without the viewer the gateway says that it has no such page.
 */
export function buildReference(out) {
  const viewer = findViewer();
  if (viewer === undefined) return;
  const folder = join(out, "reference");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "assets"), { recursive: true });
  const page = readFileSync(join(source, "index.html"), "utf8").replaceAll(
    /"\.\/([\w.-]+)"/g,
    (_link, name) => `"./assets/${addAsset(name)}"`,
  );
  write(join(folder, "index.html"), page);
  const { version, license } = JSON.parse(readFileSync(join(viewer, "package.json"), "utf8"));
  const terms = ["NOTICE", "LICENSE", "swagger-ui-bundle.js.LICENSE.txt"].map((name) =>
    readFileSync(join(viewer, name), "utf8").trim(),
  );
  const title = `swagger-ui-dist ${version} (${license})`;
  writeFileSync(
    join(folder, "THIRD-PARTY-LICENSES.txt"),
    `${["The page in this folder holds code of the package below.", title, ...terms].join("\n\n\n")}\n`,
  );

  function addAsset(name) {
    const own = join(source, name);
    const bytes = readFileSync(existsSync(own) ? own : join(viewer, name));
    const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 8);
    const ending = extname(name);
    const named = `${name.slice(0, -ending.length)}-${hash}${ending}`;
    write(join(folder, "assets", named), bytes);
    return named;
  }
}
