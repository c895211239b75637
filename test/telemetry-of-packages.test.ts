import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));

// The viewer of the reference brings it along.
test("an installation does not tell @scarf/scarf's makers of itself: npm does not run it, and where an old one does, it ends at once", () => {
  const { allowScripts } = z
    .object({ allowScripts: z.record(z.string(), z.boolean()) })
    .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  expect(allowScripts["@scarf/scarf"]).toBe(false);
  const { PATH } = process.env;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules/@scarf/scarf/report.js")],
    {
      cwd: root,
      encoding: "utf8",
      env: { PATH, INIT_CWD: root, SCARF_VERBOSE: "true" },
    },
  );
  expect(stdout + stderr).toContain("Scarf has been disabled via a package.json");
});
