import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { bundle } from "../scripts/bundle.js";

const place = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(place, { recursive: true }));
let folders = 0;

/** A built program in a folder of its own that imports the package `p`. */
function makeProgram({ code = "export const p = 1;", license = "MIT" } = {}): string {
  folders += 1;
  const folder = join(place, String(folders));
  const files = {
    "dist/cli/run-cli.js": `import { p } from "p";\nimport { here } from "../deep/er/here.js";\nexport { here, p };\n`,
    "dist/cli/workers/run-worker.js": `import { here } from "../../deep/er/here.js";\nexport { here };\n`,
    "dist/deep/er/here.js": "export const here = import.meta.url;\n",
    "node_modules/p/package.json": JSON.stringify({ name: "p", version: "1.0.0", license, main: "p.mjs" }),
    "node_modules/p/p.mjs": code,
    "node_modules/p/LICENSE": "p's terms",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, "dist");
}

test("is of the program and its packages, and finds files as without it, also behind a link", async () => {
  const out = makeProgram();
  const link = join(place, "link");
  symlinkSync(out, link);
  await bundle(link);
  rmSync(join(out, "../node_modules"), { recursive: true });
  rmSync(join(out, "deep"), { recursive: true });
  const program: unknown = await import(/* @vite-ignore */ join(out, "cli/run-cli.js"));
  expect(program).toMatchObject({
    p: 1,
    here: expect.stringMatching(/\/dist\/deep\/er\/here\.js$/) as string,
  });
  expect(readFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), "utf8")).toContain("p's terms");
});

test.each([
  [
    "looks for files beside its own",
    { code: "export const p = import.meta.dirname;" },
    /p\.mjs may look for files/,
  ],
  ["has terms that don't fit", { license: "GPL-2.0-only" }, /p 1\.0\.0 \(GPL-2\.0-only\) can't be bundled/],
  ["imports what is not there", { code: `export { p } from "gone";` }, /gone/],
])("fails, and changes nothing, when a package %s", async (_, parts, message) => {
  const out = makeProgram(parts);
  const list = () => readdirSync(out, { recursive: true, encoding: "utf8" }).sort();
  const before = list();
  const program = readFileSync(join(out, "cli/run-cli.js"), "utf8");
  await expect(bundle(out)).rejects.toThrow(message);
  expect(list()).toEqual(before);
  expect(readFileSync(join(out, "cli/run-cli.js"), "utf8")).toBe(program);
});
