import { describe, expect, it } from "vitest";

import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import { createGate } from "../support/gate.ts";

async function listIds(simulator: Simulator): Promise<string[]> {
  const reply = await fetch(`${simulator.url}/api/models/`);
  const list = (await reply.json()) as { id: string }[];
  return list.map(({ id }) => id);
}

async function chatStatus(simulator: Simulator, model: string): Promise<number> {
  const session = await fetch(`${simulator.url}/api/auth/session/`);
  await session.arrayBuffer();
  const reply = await fetch(`${simulator.url}/api/chat/`, {
    method: "POST",
    headers: { cookie: session.headers.getSetCookie()[0]?.split(";")[0] ?? "" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], temperature: 1, topP: 1 }),
  });
  await reply.arrayBuffer();
  return reply.status;
}

describe("without its database", () => {
  it("lists and takes the back end's ids alone, until it is back", async () => {
    await using simulator = await startSimulator();
    expect(await listIds(simulator)).toContain("DeepSeek-V3.2");
    simulator.setDatabase("down");
    const raw = await listIds(simulator);
    expect(raw).toContain("deepseek-ai/DeepSeek-V3.2");
    expect(raw).toContain("Kimi-K2-Instruct");
    expect(raw).not.toContain("DeepSeek-V3.2");
    expect(raw).not.toContain("AkashGen");
    expect(await chatStatus(simulator, "deepseek-ai/DeepSeek-V3.2")).toBe(200);
    expect(await chatStatus(simulator, "DeepSeek-V3.2")).toBe(403);
    expect(await chatStatus(simulator, "AkashGen")).toBe(403);
    expect((await fetch(`${simulator.url}/api/models/all/`)).status).toBe(500);
    simulator.setDatabase("up");
    expect(await listIds(simulator)).toContain("AkashGen");
    expect(await chatStatus(simulator, "deepseek-ai/DeepSeek-V3.2")).toBe(403);
    expect(await chatStatus(simulator, "DeepSeek-V3.2")).toBe(200);
  });
});

describe("a back end that lists nothing", () => {
  it("leaves AkashGen alone on the list; the rows stay", async () => {
    await using simulator = await startSimulator();
    simulator.setModels([{ id: "AkashGen" }]);
    expect(await listIds(simulator)).toEqual(["AkashGen"]);
    const all = await (await fetch(`${simulator.url}/api/models/all/`)).text();
    expect(all).toContain("DeepSeek-V3.2");
    expect(await chatStatus(simulator, "DeepSeek-V3.2")).toBe(403);
  });
});

describe("a scripted list", () => {
  it("waits for its gate, fails as told, and is as usual without a script", async () => {
    await using simulator = await startSimulator();
    const gate = createGate();
    simulator.scriptModels({ gate: gate.promise, error: { kind: "http", status: 500, body: "no" } });
    const held = fetch(`${simulator.url}/api/models/`);
    expect(await Promise.race([held, simulator.waitForRequest("/api/models")])).toHaveProperty("path");
    gate.open();
    expect((await held).status).toBe(500);
    simulator.scriptModels(undefined);
    expect(await listIds(simulator)).toContain("DeepSeek-V3.2");
  });
});
