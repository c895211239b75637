/**
 * The list of models never stands in the way: whatever `/api/models/` does, requests are answered as well as they can
 * be, and at once.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readConfig } from "../../src/config.ts";
import { createGateway } from "../../src/gateway.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { startRealTimer } from "../../src/stream/real-timer.ts";
import type { StartTimer } from "../../src/stream/with-idle-timeout.ts";
import { createAkashChatUpstream } from "../../src/upstreams/akash-chat/index.ts";
import { get, post } from "../support/post.ts";
import { createManualTimers } from "../upstreams/akash-chat/support/manual-timers.ts";
import { silentLog } from "../upstreams/akash-chat/support/create-upstream.ts";
import { dialects, type Dialect } from "./support/dialects.ts";

const never = new Promise<void>(() => {});
/** How long a request waits for the list, and how long the list is waited for at all. */
const patience = 5000;
const longest = 60_000;
const hour = 3_600_000;
const [chat] = dialects.filter(({ name }) => name === "chat");

/** A gateway over a simulator, with a clock that only the test moves, and so the timers of the list. */
async function setUp() {
  const simulator = await startSimulator();
  const timers = createManualTimers();
  const clock = { at: Date.UTC(2026, 10, 26) };
  const now = () => clock.at;
  const startTimer: StartTimer = (milliseconds, expire) => {
    const start = [patience, longest].includes(milliseconds) ? timers.start : startRealTimer;
    return start(milliseconds, expire);
  };
  const config = readConfig({
    SERVER_ADDRESS: "127.0.0.1:0",
    AKASH_BASE_URL: simulator.url,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
    IMAGE_POLL_MS: "10",
  });
  const upstream = createAkashChatUpstream({ config, log: silentLog, now, startTimer });
  const gateway = await createGateway(config, { upstreams: [upstream], now });
  const url = await gateway.listen();
  return {
    simulator,
    timers,
    clock,
    gateway,
    url,
    /** Asks in any dialect; resolves with status and, if it answered, the text. */
    async ask(model: string, dialect: Dialect | undefined = chat) {
      if (dialect === undefined) throw new Error("No such dialect");
      simulator.enqueue({ text: ["fine"], when: (body) => body.messages.at(-1)?.content === "ping" });
      return post(url + dialect.path, dialect.body("ping", model));
    },
    async listed(): Promise<string[]> {
      return (await get(`${url}/v1/models`)).json().data.map(({ id }: { id: string }) => id);
    },
    /** Under which ids the upstream was asked to chat. */
    get models() {
      return simulator.chats.map(({ body }) => (body as { model: string }).model);
    },
    get fetches() {
      return simulator.requests.filter(({ path }) => path === "/api/models/").length;
    },
    /** Waits for a renewal that is under way. */
    renewed: () => upstream.refreshModels(new AbortController().signal),
    async close() {
      await gateway.close();
      await simulator.close();
    },
  };
}

let stack: Awaited<ReturnType<typeof setUp>>;
beforeEach(async () => {
  stack = await setUp();
});
afterEach(async () => {
  await stack.close();
});

describe("a list that hangs", () => {
  test("delays nobody who has an old one", async () => {
    await stack.listed();
    stack.simulator.scriptModels({ gate: never });
    for (let count = 0; count < 5; count += 1) {
      stack.clock.at += hour;
      for (const dialect of dialects) expect((await stack.ask("DeepSeek-V3.2", dialect)).status).toBe(200);
      expect(await stack.listed()).toContain("DeepSeek-V3.2");
    }
    expect(stack.fetches).toBe(2);
  });

  test("holds the first request up a few seconds at most, and the next ones not at all", async () => {
    stack.simulator.scriptModels({ gate: never });
    const first = [stack.ask("DeepSeek-V3.2"), stack.ask("Kimi-K2-Instruct")];
    await stack.simulator.waitForRequest("/api/models");
    stack.timers.expire(patience);
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    // No timer runs that could let these pass later.
    expect(stack.timers.running).not.toContain(patience);
    for (const dialect of dialects) expect((await stack.ask("DeepSeek-V3.2", dialect)).status).toBe(200);
    const counted = await post(`${stack.url}/v1/messages/count_tokens`, {
      model: "DeepSeek-V3.2",
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(counted.status).toBe(200);
    stack.simulator.enqueue({ image: { prompt: "a cat", statuses: ["succeeded"] } });
    expect((await post(`${stack.url}/v1/images/generations`, { prompt: "a cat" })).status).toBe(200);
    const seeing = await post(`${stack.url}/v1/chat/completions`, {
      model: "DeepSeek-V3.2",
      messages: [
        { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }] },
      ],
    });
    expect([seeing.status, seeing.json().error.message]).toEqual([
      400,
      expect.stringContaining("VISION_MODELS"),
    ]);
    expect((await get(`${stack.url}/v1/models`)).status).toBe(504);
    expect((await get(`${stack.url}/v1/models/DeepSeek-V3.2`)).status).toBe(504);
    expect(stack.fetches).toBe(1);
  });

  test("is given up, asked for again, and right as soon as the upstream is", async () => {
    stack.simulator.scriptModels({ gate: never });
    const first = stack.ask("gpt-99");
    await stack.simulator.waitForRequest("/api/models");
    stack.timers.expire(patience);
    // The upstream judges what the gateway can't.
    expect((await first).json()).toMatchObject({ data: { msg: "Error Model." } });
    stack.timers.expire(longest);
    stack.simulator.scriptModels(undefined);
    await expect(stack.renewed()).rejects.toMatchObject({ kind: "upstream-timeout" });
    stack.clock.at += 15_000;
    expect(await stack.listed()).toContain("DeepSeek-V3.2");
  });

  test("doesn't keep the gateway from closing", async () => {
    stack.simulator.scriptModels({ gate: never });
    const asked = stack.ask("DeepSeek-V3.2").catch(() => undefined);
    const { closed } = await stack.simulator.waitForRequest("/api/models");
    await stack.gateway.close();
    expect(await closed).toBe("client-left");
    await asked;
    expect(stack.timers.running).not.toContain(patience);
  });
});

describe("while the upstream's database is away", () => {
  test("the usual ids are offered and answered, from the first request on", async () => {
    await stack.listed();
    stack.simulator.setDatabase("down");
    // The list is not known to be raw yet: the refusal brings the other id into play.
    expect((await stack.ask("DeepSeek-V3.2")).status).toBe(200);
    stack.clock.at += hour;
    await stack.listed();
    await stack.renewed();
    for (const dialect of dialects) expect((await stack.ask("deepseek-v3.2", dialect)).status).toBe(200);
    expect((await stack.ask("deepseek-ai/DeepSeek-V3.2")).status).toBe(200);
    expect((await stack.ask("Kimi-K2-Instruct")).status).toBe(200);
    expect(stack.models).toEqual([
      "DeepSeek-V3.2",
      ...Array.from({ length: dialects.length + 2 }, () => "deepseek-ai/DeepSeek-V3.2"),
      "Kimi-K2-Instruct",
    ]);
    expect(await stack.listed()).toContain("AkashGen");
    expect((await stack.ask("gpt-99")).json()).toMatchObject({ data: { msg: "Error Model." } });

    stack.simulator.setDatabase("up");
    // Asked for by the id that was right a moment ago.
    expect((await stack.ask("DeepSeek-V3.2")).status).toBe(200);
    stack.clock.at += 15_000;
    await stack.listed();
    await stack.renewed();
    expect((await stack.ask("DeepSeek-V3.2")).status).toBe(200);
    expect(stack.models.at(-1)).toBe("DeepSeek-V3.2");
  });

  test("a start finds the usual ids behind the raw ones, and both ids afterwards", async () => {
    stack.simulator.setDatabase("down");
    expect(await stack.listed()).toContain("deepseek-ai/DeepSeek-V3.2");
    for (const id of [
      "DeepSeek-V3.2",
      "deepseek-ai/DeepSeek-V3.2",
      "openai-gpt-oss-120b",
      "Meta-Llama-3-3-70B-Instruct",
      "Kimi-K2-Instruct",
    ]) {
      expect([id, (await stack.ask(id)).status]).toEqual([id, 200]);
    }
    expect((await stack.ask("gpt-99")).json()).toMatchObject({ code: 500, data: { msg: "Error Model." } });
    stack.simulator.setDatabase("up");
    stack.clock.at += 15_000;
    await stack.listed();
    await stack.renewed();
    for (const id of ["DeepSeek-V3.2", "deepseek-ai/DeepSeek-V3.2"]) {
      expect((await stack.ask(id)).status).toBe(200);
      expect(stack.models.at(-1)).toBe("DeepSeek-V3.2");
    }
  });

  test("pictures are out of order, not unknown, also for a start", async () => {
    const wishes = [
      ["/v1/images/generations", { prompt: "a cat" }],
      ["/v1/images/generations", { prompt: "a cat", model: "akashgen" }],
      ["/v1/chat/completions", { model: "AkashGen", messages: [{ role: "user", content: "a cat" }] }],
    ] as const;
    for (const state of ["down", "up", "down"] as const) {
      stack.simulator.setDatabase(state);
      stack.clock.at += 15_000;
      await stack.listed();
      await stack.renewed();
      for (const [path, body] of wishes) {
        stack.simulator.enqueue({ image: { prompt: "a cat", statuses: ["succeeded"] } });
        expect((await post(stack.url + path, body)).status).toBe(state === "up" ? 200 : 503);
      }
    }
  });

  test("it may come and go: no usual id is ever refused", async () => {
    await stack.listed();
    for (let count = 0; count < 20; count += 1) {
      stack.simulator.setDatabase(count % 3 === 0 ? "up" : "down");
      stack.clock.at += [1000, 14_000, 15_000, 700_000][count % 4] ?? 0;
      expect((await stack.ask("DeepSeek-V3.2")).status).toBe(200);
      expect(await stack.listed()).toContain("DeepSeek-V3.2");
    }
  });
});

describe("while the back end lists nothing", () => {
  const onlyImages = [{ id: "AkashGen" }];

  test.each([
    ["AkashGen alone", onlyImages],
    ["no model", []],
  ])("%s: the good list stays, and a refusal is one that may be repeated", async (_name, models) => {
    const before = await stack.listed();
    stack.simulator.setModels(models);
    stack.clock.at += hour;
    await stack.listed();
    await stack.renewed();
    expect(await stack.listed()).toEqual(before);
    expect((await stack.ask("DeepSeek-V3.2")).status).toBe(503);
    expect((await stack.ask("gpt-99")).json()).toMatchObject({ data: { msg: "Error Model." } });
  });

  test.each([
    ["AkashGen alone", onlyImages],
    ["no model", []],
  ])("%s at the start: the usual ids are known all the same", async (_name, models) => {
    stack.simulator.setModels(models);
    expect((await stack.ask("DeepSeek-V3.2")).status).toBe(503);
    expect(await stack.listed()).toContain("DeepSeek-V3.2");
    expect((await stack.ask("gpt-99")).json()).toMatchObject({ data: { msg: "Error Model." } });
  });
});

describe("while there is no chat model on any list", () => {
  test("AkashGen alone, also of all: ids pass, and a refusal is one that may be repeated", async () => {
    const alone = [{ id: "AkashGen", model_id: "AkashGen", available: true }];
    stack.simulator.scriptModels({ error: { kind: "http", status: 200, body: alone } });
    stack.simulator.enqueueAt("/api/models/all", { error: { kind: "http", status: 500 } });
    expect((await stack.ask("DeepSeek-V3.2")).status).toBe(200);
    stack.simulator.enqueue({ error: { kind: "model", available: ["AkashGen"] } });
    const refused = await post(`${stack.url}/v1/chat/completions`, {
      model: "DeepSeek-V3.2",
      messages: [{ role: "user", content: "x" }],
    });
    expect(refused.status).toBe(503);
    expect(refused.headers["x-should-retry"]).toBeUndefined();
    expect(await stack.listed()).toEqual(["AkashGen"]);
  });

  test("an empty 500 of the list is no fault of who asks for it", async () => {
    stack.simulator.scriptModels({ error: { kind: "empty", status: 500 } });
    expect((await get(`${stack.url}/v1/models`)).status).toBe(503);
  });
});

describe("a model of the list that is refused", () => {
  test.each(dialects.map((dialect) => [dialect.name, dialect] as const))(
    "is an error that may be repeated: %s",
    async (name, dialect) => {
      await stack.listed();
      const model = "Kimi-K2-Instruct";
      stack.simulator.enqueue({ error: { kind: "model", available: ["Other"] } });
      const reply = await post(stack.url + dialect.path, dialect.body("x", model));
      expect(reply.status).toBe(name === "messages" ? 529 : 503);
      expect(reply.headers["x-should-retry"]).toBeUndefined();
      expect(reply.headers["retry-after"]).toBeUndefined();
      expect(dialect.readError(reply.json()).message).toContain("refuses it at the moment");
      expect((await stack.ask(model, dialect)).status).toBe(200);
    },
  );

  test("is unknown as soon as a newer list is without it", async () => {
    await stack.listed();
    stack.simulator.setModels([{ id: "Other" }]);
    stack.clock.at += 15_000;
    expect((await stack.ask("Kimi-K2-Instruct")).status).toBe(503);
    await stack.renewed();
    const reply = await stack.ask("Kimi-K2-Instruct");
    expect(reply.json()).toMatchObject({ data: { msg: "Error Model." } });
    expect(reply.headers["x-should-retry"]).toBe("false");
  });
});

describe("an id that is not on the list", () => {
  test("is found at once when the model is new", async () => {
    await stack.listed();
    stack.clock.at += 15_000;
    stack.simulator.setModels([{ id: "DeepSeek-V3.2" }, { id: "Brand-New" }]);
    for (const dialect of dialects) expect((await stack.ask("brand-new", dialect)).status).toBe(200);
    expect(stack.fetches).toBe(2);
  });

  test("asked for by a thousand requests makes the upstream be asked once in 15 s", async () => {
    await stack.listed();
    for (let round = 1; round <= 3; round += 1) {
      stack.clock.at += 15_000;
      const replies = await Promise.all(
        Array.from({ length: 350 }, (_, index) => stack.ask(`gpt-${round}-${index}`)),
      );
      expect(new Set(replies.map(({ status, text }) => `${status} ${JSON.parse(text).data.msg}`))).toEqual(
        new Set(["500 Error Model."]),
      );
      expect(stack.fetches).toBe(1 + round);
    }
    expect(stack.models).toEqual([]);
  });
});
