import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

import { startCompatibleSimulator } from "../../../src/simulator/compatible/index.ts";
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

  test("tells beside the list how far it can be trusted", async () => {
    await using failing = await startSimulator({ models: [] });
    const { code, stdout, stderr } = await runProgram(["models"], { AKASH_BASE_URL: failing.url });
    expect(code).toBe(0);
    expect(stdout).toContain("DeepSeek-V3.2 ");
    expect(stderr).toBe("akash-chat: a guess: its back end did not answer\n");
  });

  test("of several upstreams says who has what, and what is the matter with whom", async () => {
    await using paid = await startCompatibleSimulator({ persona: "akashml", apiKey: "k" });
    const settings = { ...akash.settings, AKASHML_API_KEY: "k", AKASHML_BASE_URL: paid.baseUrl };
    const away = { COMPATIBLE_BASE_URL: "http://127.0.0.1:9" };
    const { code, stdout, stderr } = await runProgram(["models"], { ...settings, ...away });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Meta-Llama-3-3-70B-Instruct +131072 tokens {2}akash-chat, akashml$/m);
    expect(stdout).toMatch(/^deepseek-ai\/DeepSeek-V4-Flash +262144 tokens {2}akashml$/m);
    expect(stdout).toMatch(/^AkashGen +images +akash-chat$/m);
    expect(stderr).toMatch(/^[^\n]*refused[^\n]*\n$/);
    const json = await runProgram(["models", "--json"], settings);
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({
        id: "Meta-Llama-3-3-70B-Instruct",
        upstreams: [
          { name: "akash-chat", model: "Meta-Llama-3-3-70B-Instruct" },
          { name: "akashml", model: "meta-llama/Llama-3.3-70B-Instruct" },
        ],
      }),
    );
  });

  test("says in one line that nobody can be asked", async () => {
    const { code, stdout, stderr } = await runProgram(["models"], { AKASH_BASE_URL: "http://127.0.0.1:9" });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^[^\n]*refused[^\n]*\n$/);
  });

  test.runIf(process.platform !== "win32")("ends quietly when nobody reads on", async () => {
    const child = startProgram(["models"], akash.settings);
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});
