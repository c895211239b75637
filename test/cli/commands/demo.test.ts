import { once } from "node:events";
import { createInterface } from "node:readline";

import { describe, expect, test } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
import { spawnProgram, startProgram } from "../../support/run-program.ts";

describe("demo", () => {
  test("serves answers offline, whatever upstreams are configured, and ends at SIGTERM", async () => {
    const upstreams = { AKASHML_API_KEY: "not a key", COMPATIBLE_BASE_URL: "x", CONFIG_FILE: "nowhere.yaml" };
    const child = startProgram(["demo"], {
      SERVER_ADDRESS: "127.0.0.1:0",
      LOG_FORMAT: "json",
      ...upstreams,
    });
    const lines = createInterface({ input: child.stdout });
    let url: string | undefined;
    for await (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ level: 30 });
      url = /listening at (http:[^"]+)/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] }),
    });
    expect(response.status).toBe(200);
    expect(JSON.stringify(await response.json())).toContain('"finish_reason":"stop"');
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok" });
    child.stdout.resume();
    child.stderr.resume();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("goes on at its second upstream when the first has given all, by the command that it prints", async () => {
    const child = startProgram(["demo"], { SERVER_ADDRESS: "127.0.0.1:0" });
    child.stdout.resume();
    let said = "";
    for await (const line of createInterface({ input: child.stderr })) {
      said += `${line}\n`;
      if (line.includes(" usage --url ")) break;
    }
    expect(said).toMatch(/^(?:Demo: .*\n)+$/);
    const [, url = "", body = ""] =
      /curl -i (\S+) -H "content-type: application\/json" -d '([^']+)'/.exec(said) ?? [];
    const seen: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(url, { method: "POST", headers, body });
      expect(response.status).toBe(200);
      await response.text();
      seen.push(response.headers.get("x-upstream") ?? "");
    }
    expect(seen[0]).toBe("akash-chat/DeepSeek-V3.2");
    expect(seen.at(-1)).toBe("akashml/deepseek-ai/DeepSeek-V3.2");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("ends, and its simulator with it, when the gateway can't start", async () => {
    await using taken = await startSimulator();
    const { code, stderr } = await spawnProgram(["demo"], { SERVER_ADDRESS: new URL(taken.url).host });
    expect(code).toBe(1);
    expect(stderr).toContain("The address is in use");
    expect((await spawnProgram(["demo"], { HEARTBEAT_MS: "soon" })).code).toBe(2);
  });
});
