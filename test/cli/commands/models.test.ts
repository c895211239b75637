import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
import { runProgram, startProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();

describe("models", () => {
  test("lists ids, one a line, or JSON", async () => {
    const lines = (await runProgram(["models"], akash.settings)).stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^DeepSeek-V3\.2 +64000 tokens$/);
    expect(lines.at(-1)).toMatch(/^AkashGen +images$/);
    const json: unknown = JSON.parse((await runProgram(["models", "--json"], akash.settings)).stdout);
    expect(json).toHaveLength(lines.length);
  });

  test("says in one line that there are none", async () => {
    await using failing = await startSimulator({ models: [] });
    const { code, stdout, stderr } = await runProgram(["models"], { AKASH_BASE_URL: failing.url });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^[^\n]*lists no models[^\n]*\n$/);
  });

  test.runIf(process.platform !== "win32")("ends quietly when nobody reads on", async () => {
    const child = startProgram(["models"], akash.settings);
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});
