import { describe, expect, test } from "vitest";

import { createGateway, type Gateway, readConfig } from "../src/index.ts";
import { startSimulator, type Simulator } from "../src/simulator/index.ts";
import { createGate } from "./support/gate.ts";
import { noPage } from "./support/start-stack.ts";

const model = "Meta-Llama-3-3-70B-Instruct";

interface Local extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly simulator: Simulator;
}

/** A gateway that listens nowhere. */
async function startLocal(env: Readonly<Record<string, string>> = {}): Promise<Local> {
  const simulator = await startSimulator();
  const config = readConfig({
    CONFIG_FILE: "none",
    AKASH_BASE_URL: simulator.url,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
    ...env,
  });
  const gateway = await createGateway(config, { consoleFolder: noPage, referenceFolder: noPage });
  return {
    gateway,
    simulator,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}

function chat(body: object, init: RequestInit = {}): Request {
  return new Request("http://gateway.example/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": "mine" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }], ...body }),
    ...init,
  });
}

describe("a gateway without a port", () => {
  test("answers a request whole, with status, headers and body", async () => {
    await using local = await startLocal();
    local.simulator.enqueue({ text: "Hello." });
    const reply = await local.gateway.fetch(chat({}));
    expect(reply).toBeInstanceOf(Response);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(reply.headers.get("x-request-id")).toBe("mine");
    expect(await reply.json()).toMatchObject({ choices: [{ message: { content: "Hello." } }] });
    expect(local.gateway.app.server.listening).toBe(false);
  });

  test("streams as it is written", async () => {
    await using local = await startLocal();
    const gate = createGate();
    async function* speak() {
      yield "one ";
      await gate.promise;
      yield "two";
    }
    local.simulator.enqueue({ text: speak() });
    const reply = await local.gateway.fetch(chat({ stream: true }));
    expect(reply.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const pieces = (reply.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("one ")) text += (await pieces.read()).value ?? "";
    expect(text).not.toContain("two");
    gate.open();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) text += piece.value;
    expect(text).toMatch(/two.*\[DONE\]\n\n$/s);
  });

  test.each([
    ["aborts its signal", async (_reply: Response, controller: AbortController) => controller.abort()],
    ["cancels the body", async (reply: Response) => reply.body?.cancel()],
  ])("ends the upstream's request when who asks %s", async (_how, leave) => {
    await using local = await startLocal();
    const never = createGate();
    async function* speak() {
      yield "one ";
      await never.promise;
    }
    local.simulator.enqueue({ text: speak() });
    const controller = new AbortController();
    const reply = await local.gateway.fetch(chat({ stream: true }, { signal: controller.signal }));
    expect(local.gateway.running()).toBe(1);
    await leave(reply, controller);
    await expect.poll(() => local.gateway.running()).toBe(0);
    expect(await local.simulator.chats.at(-1)?.closed).toBe("client-left");
    never.open();
  });

  test("rejects at once for a signal that is aborted already", async () => {
    await using local = await startLocal();
    const asked = local.gateway.fetch(chat({}, { signal: AbortSignal.abort(new Error("too late")) }));
    await expect(asked).rejects.toThrow("too late");
    expect(local.simulator.chats).toHaveLength(0);
  });

  test("answers errors, HEAD, and what has no body, and many requests at once", async () => {
    await using local = await startLocal({ BEARER_TOKEN: "sesame" });
    const { gateway } = local;
    const at = (path: string, init?: RequestInit) => gateway.fetch(new Request(`http://x${path}`, init));
    const refused = await at("/v1/models");
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: "invalid_api_key" } });
    expect((await at("/favicon.ico")).status).toBe(204);
    const head = await at("/health", { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, null]);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => at("/v1/models", { headers: { authorization: "Bearer sesame" } })),
    );
    const texts = await Promise.all(all.map((reply) => reply.text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(model);
  });

  test("makes links of the request's own address", async () => {
    await using local = await startLocal();
    const reply = await local.gateway.fetch(new Request("https://gateway.example/nowhere"));
    expect(reply.status).toBe(404);
    expect(await reply.text()).toContain("https://gateway.example/v1 for clients");
  });

  test("listens as well, and answers nothing once it is closed", async () => {
    await using local = await startLocal({ SERVER_ADDRESS: "127.0.0.1:0" });
    const { gateway } = local;
    const url = await gateway.listen();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await gateway.fetch(new Request(`${url}/health`))).status).toBe(200);
    await gateway.close();
    await expect(gateway.fetch(new Request(`${url}/health`))).rejects.toThrow(/closed/);
  });

  test("ends what is under way when it is closed", async () => {
    await using local = await startLocal();
    const never = createGate();
    async function* speak() {
      yield "one ";
      await never.promise;
    }
    local.simulator.enqueue({ text: speak() });
    const reply = await local.gateway.fetch(chat({ stream: true }));
    const text = reply.text();
    await local.gateway.close();
    expect(await text).toContain("shut down");
    never.open();
  });
});
