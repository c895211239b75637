import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { runProgram } from "../../support/run-program.ts";

async function createFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "config-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe("config", () => {
  test("check takes variables of any name from the .env here, and shows the file as it is seen from here", async () => {
    const folder = await createFolder({
      ".env": "GPU_KEY=s3cret\nAKASHML_KEY=s3cret\nCONFIG_FILE=mine.yaml\n",
      "mine.yaml": 'upstreams: [{ name: gpu, type: vllm, api_key: "${GPU_KEY}${AKASHML_KEY}" }]',
    });
    const { code, stdout, stderr } = await runProgram(["config", "check"], {}, { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("mine.yaml is right.\n");
    expect(stdout).toContain("api_key is set");
    expect(stdout).not.toContain("s3cret");
  });

  test("check exits with 1 when something is wrong", async () => {
    const folder = await createFolder({ "gateway.yaml": "upstreams:\n  - name: a\n\ttype: vllm\n" });
    const run = await runProgram(["config", "check"], {}, { folder });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(
      "gateway.yaml:3:1: A tab. Indent with blanks.\n  3 |  type: vllm\n    | ^\n",
    );
    expect(
      JSON.parse((await runProgram(["config", "check", "--json"], {}, { folder })).stdout),
    ).toMatchObject({
      ok: false,
    });
  });

  test("schema prints what editors read, and config alone says what there is", async () => {
    const { code, stdout } = await runProgram(["config", "schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: "gateway.yaml of akashchat-api" });
    const alone = await runProgram(["config"]);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toMatch(/check .*\n[^]*schema /);
    expect(alone.stderr).toContain("config --help shows what there is.");
  });

  test("doctor tells what is wrong with the file, before anything is asked", async () => {
    const folder = await createFolder({ "gateway.yaml": "upstreams: [{ name: a, type: vlm }]" });
    const { code, stdout } = await runProgram(["doctor"], {}, { folder });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^FAIL {2}configuration\n +.*gateway\.yaml:1:30: `type` must be one of/);
  });
});
