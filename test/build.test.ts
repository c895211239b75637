import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { tryProgram } from "../scripts/try-program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The console is a bundle of its own. */
const isProgram = (name: string) => !/^console[\\/]/.test(name);

/** What `npm ci --omit=dev` and the container build: no compiler is there, so types are only cut out. */
describe("the build without development dependencies", () => {
  let folder: string;
  let built: string[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "build-"));
    copyFileSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const script = join(root, "scripts/build.js");
    const options = { encoding: "utf8" as const };
    const result = spawnSync(process.execPath, [script, "--strip", "--out", join(folder, "dist")], options);
    expect(result).toMatchObject({ status: 0, stdout: "", stderr: "" });
    built = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("has every file", () => {
    const source = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    expect(built.filter((name) => name.endsWith(".js") && isProgram(name)).sort()).toEqual(
      source
        .filter((name) => name.endsWith(".ts") && isProgram(name))
        .map((name) => name.replace(/\.ts$/, ".js"))
        .sort(),
    );
  });

  test("has the console, each file with its compressed forms, and the notices of what is in it", () => {
    const files = built.filter((name) => /^console[\\/].*\.(?:html|js|css)$/.test(name));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(built).toEqual(expect.arrayContaining([`${file}.br`, `${file}.gz`]));
    const notices = readFileSync(join(folder, "dist/console/THIRD-PARTY-LICENSES.md"), "utf8");
    for (const name of ["preact", "@preact/signals", "uplot"]) expect(notices).toContain(`## ${name} - `);
  });

  test("imports only files that are there", () => {
    const missing = built
      .filter((name) => name.endsWith(".js") && isProgram(name))
      .flatMap((name) => {
        const file = join(folder, "dist", name);
        const imports = readFileSync(file, "utf8").matchAll(
          /^(?:import|export)\s[^;]*?"(\.[^"]+)";$|\bimport\("(\.[^"]+)"\)/gm,
        );
        return [...imports]
          .map(([, fixed, dynamic]) => join(dirname(file), fixed ?? dynamic ?? ""))
          .filter((target) => !existsSync(target))
          .map((target) => `${name}: ${target}`);
      });
    expect(missing).toEqual([]);
  });

  test("answers, streams and draws on this Node", async () => {
    expect(await tryProgram(process.execPath, join(folder, "dist/main.js"))).toContain("without a warning");
  });
});
