import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
import { runProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();

describe("image", () => {
  test("writes the picture in the format of the file's ending, and tells how it goes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      akash.simulator.enqueue({
        image: { prompt: "A cat's portrait", statuses: ["waiting", "pending", "succeeded"] },
      });
      const out = join(folder, "cat.png");
      const { code, stderr } = await runProgram(["image", "a cat", "--out", out], akash.settings);
      expect(code).toBe(0);
      expect(stderr).toContain("Prompt: A cat's portrait");
      expect(stderr).toMatch(/waiting, queue position \d+, 0 s/);
      expect((await readFile(out)).subarray(1, 4).toString("latin1")).toBe("PNG");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("draws also while the list of models hides the one that draws", async () => {
    await using hiding = await startSimulator({ generation: "A", models: [{ id: "DeepSeek-V3.2" }] });
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      hiding.enqueue({ image: { prompt: "A cat" } });
      const out = join(folder, "cat.webp");
      const { code } = await runProgram(["image", "a cat", "--out", out], {
        ...akash.settings,
        AKASH_BASE_URL: hiding.url,
      });
      expect(code).toBe(0);
      expect((await readFile(out)).byteLength).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("writes nothing when what comes is no picture", async () => {
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      const file = { body: Buffer.from("<html>Bad Gateway</html>") };
      akash.simulator.enqueue({ image: { prompt: "A cat", statuses: ["succeeded"], file } });
      const { code, stderr } = await runProgram(
        ["image", "a cat", "--out", join(folder, "cat.webp")],
        akash.settings,
      );
      expect(code).toBe(1);
      expect(stderr).toContain("Have the picture made again");
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.for<[string, string]>([
    ["cat.gif", "must end in one of .webp, .png, .jpg, .jpeg."],
    ["cat", "must end in one of"],
    ["missing/cat.png", "there is no folder"],
    ["folder.png", "is a folder. Name a file in it."],
    ["file/cat.png", "is a file, not a folder."],
  ])("refuses %s before it asks for anything", async ([out, words]) => {
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, "folder.png"));
    await writeFile(join(folder, "file"), "");
    const before = akash.simulator.requests.length;
    const { code, stderr } = await runProgram(["image", "a cat", "--out", join(folder, out)], akash.settings);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--out: /);
    expect(stderr).toContain(words);
    expect(akash.simulator.requests).toHaveLength(before);
  });
});
