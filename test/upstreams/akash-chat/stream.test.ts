import { createHash } from "node:crypto";
import { once } from "node:events";

import { describe, expect, test } from "vitest";

import type { StartTimer } from "../../../src/stream/with-idle-timeout.ts";
import { readCapture } from "./support/captures.ts";
import { createGate } from "./support/create-gate.ts";
import { createUpstream, forever, hello, plainRequest, readText } from "./support/create-upstream.ts";
import { answerJson, answerSession, answerText, isSession, serve, streamHeaders } from "./support/serve.ts";
import { streamOf } from "../../support/sources.ts";

const done = 'd:{"finishReason":"stop","usage":{"promptTokens":1,"completionTokens":1}}\n';

describe("an answer", () => {
  test("that never ends is given up before it fills the memory", async () => {
    const piece = `2:[${JSON.stringify("x".repeat(1_000_000))}]\n`;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      response.writeHead(200, streamHeaders);
      const write = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", write);
      return write();
    });
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "upstream-protocol",
      message: "Akash Chat's answer is too long to be read.",
    });
  });

  test("comes as one batch for each read of the network", async () => {
    const gates = [createGate(), createGate()] as const;
    await using server = await serve(async (seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      response.writeHead(200, streamHeaders);
      response.write('f:{"messageId":"m"}\n0:"a"\n0:"b"\n');
      await gates[0].opened;
      response.write('0:"c"\n0:"d');
      await gates[1].opened;
      return response.end(`"\n${done}`);
    });
    await using upstream = createUpstream(server.url);
    const texts: string[][] = [];
    for await (const batch of streamOf(upstream, hello, { signal: forever })) {
      // Tokens that one read brings come as one delta.
      texts.push(batch.flatMap((event) => (event.type === "block-delta" ? [event.text] : [])));
      gates[texts.length - 1]?.open();
    }
    expect(texts).toEqual([["ab"], ["c"], ["d"]]);
  });

  test("in the later event-stream form is read as well", async () => {
    await using server = await serve((seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      response.writeHead(200, { "content-type": "text/event-stream", "x-vercel-ai-ui-message-stream": "v1" });
      return response.end(
        'data: {"type":"start"}\n\ndata: {"type":"text-delta","id":"1","delta":"hi"}\n\ndata: {"type":"finish"}\n\ndata: [DONE]\n\n',
      );
    });
    await using upstream = createUpstream(server.url);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
  });

  test.each([
    ["a page of the CDN with status 200", { "content-type": "text/html" }, "<html>", "upstream-unavailable"],
    [
      "a page that is called plain text",
      { "content-type": "text/plain" },
      "<!DOCTYPE html>",
      "upstream-unavailable",
    ],
    ["nothing at all", streamHeaders, "", "upstream-truncated"],
  ])("that is %s is an error", async (_name, headers, body, kind) => {
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else response.writeHead(200, headers).end(body);
    });
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({ kind });
  });

  test("whose connection breaks gives its text, then an error", async () => {
    await using server = await serve((seen, response, request) => {
      if (isSession(seen)) return answerSession(response, "t");
      response.writeHead(200, streamHeaders);
      return response.write('0:"some text"\n', () => request.socket.destroy());
    });
    await using upstream = createUpstream(server.url);
    const events: string[] = [];
    const read = (async () => {
      for await (const batch of streamOf(upstream, hello, { signal: forever }))
        events.push(...batch.map((event) => event.type));
    })();
    await expect(read).rejects.toMatchObject({ kind: "upstream-truncated" });
    expect(events).toContain("block-delta");
    expect(events).not.toContain("finish");
  });

  test.each([
    ["2026-05/580-b-rl-25000", "rate-limited"],
    ["2026-05/530-b-model-unknown", "model-not-found"],
    ["2026-05/548-b-chat-models-500", "overloaded"],
    ["2026-05/692-b-limit-2000-ctx", "context-length"],
    ["2025-07/247-msg-special-token", "invalid-request"],
    ["2025-07/144-chat-e401", "upstream-unavailable"],
  ])("like %s is %s, asked for once", async (name, kind) => {
    const capture = readCapture(name);
    const { "transfer-encoding": _chunked, connection: _connection, ...headers } = capture.headers;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else response.writeHead(capture.status, headers).end(capture.body);
    });
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({ kind });
    expect(server.seen.filter((seen) => !isSession(seen))).toHaveLength(1);
  });

  test("too large a request is refused before anything is sent", async () => {
    await using server = await serve((_seen, response) => answerText(response, "hi"));
    await using upstream = createUpstream(server.url);
    const request = plainRequest({ messages: [{ role: "user", text: "x".repeat(10_000_000) }] });
    await expect(readText(streamOf(upstream, request, { signal: forever }))).rejects.toMatchObject({
      kind: "payload-too-large",
    });
    expect(server.seen).toHaveLength(0);
  });
});

describe("a caller that leaves", () => {
  test("before the first byte closes the upstream's connection", async () => {
    const asked = createGate();
    const closed = createGate();
    await using server = await serve((seen, response, request) => {
      if (isSession(seen)) return answerSession(response, "t");
      request.socket.on("close", closed.open);
      return asked.open();
    });
    await using upstream = createUpstream(server.url);
    const controller = new AbortController();
    const answer = readText(streamOf(upstream, hello, { signal: controller.signal }));
    await asked.opened;
    controller.abort();
    await expect(answer).rejects.toMatchObject({ kind: "aborted" });
    await closed.opened;
  });

  test.each(["signal", "break"])("in mid-answer (%s) closes it too", async (how) => {
    const closed = createGate();
    await using server = await serve((seen, response, request) => {
      if (isSession(seen)) return answerSession(response, "t");
      request.socket.on("close", closed.open);
      response.writeHead(200, streamHeaders);
      return response.write('0:"a"\n');
    });
    await using upstream = createUpstream(server.url);
    const controller = new AbortController();
    const items = streamOf(upstream, hello, { signal: controller.signal })[Symbol.asyncIterator]();
    await items.next();
    if (how === "break") await items.return?.();
    else {
      const next = items.next();
      controller.abort();
      await expect(next).rejects.toMatchObject({ kind: "aborted" });
    }
    await closed.opened;
  });

  test("before asking sends nothing", async () => {
    await using server = await serve((_seen, response) => answerText(response, "hi"));
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
      kind: "aborted",
    });
    expect(server.seen).toHaveLength(0);
  });
});

describe("silence", () => {
  test.each([
    ["before the first text", 'f:{"messageId":"m"}\n', 600_000],
    ["between texts", '0:"a"\n', 330_000],
  ])("%s is a time-out and closes the connection", async (_name, before, budget) => {
    const closed = createGate();
    const running = new Map<() => void, number>();
    const startTimer: StartTimer = (milliseconds, expire) => {
      running.set(expire, milliseconds);
      return () => running.delete(expire);
    };
    await using server = await serve((seen, response, request) => {
      if (isSession(seen)) return answerSession(response, "t");
      request.socket.on("close", closed.open);
      response.writeHead(200, streamHeaders);
      return response.write(before);
    });
    await using upstream = createUpstream(server.url, {}, { startTimer });
    const answer = readText(streamOf(upstream, hello, { signal: forever }));
    await expect.poll(() => server.seen.length === 2 && [...running.values()].includes(budget)).toBe(true);
    for (const expire of running.keys()) expire();
    await expect(answer).rejects.toMatchObject({ kind: "upstream-timeout" });
    await closed.opened;
  });
});

describe("a long answer", () => {
  test("of 100,000 tokens arrives complete, and a slow reader holds the upstream back", async () => {
    const tokens = 100_000;
    const padding = "x".repeat(100);
    const sent = createHash("sha256");
    let waited = 0;
    await using server = await serve(async (seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      response.writeHead(200, streamHeaders);
      for (let index = 0; index < tokens; index += 1) {
        const text = `tok${index} 😀 ${padding}`;
        sent.update(text);
        // Bytes: after strings of emoji Node 26.9 and 26.10 forget to say that they were drained.
        if (!response.write(Buffer.from(`0:${JSON.stringify(text)}\n`))) {
          waited += 1;
          await once(response, "drain");
        }
      }
      return response.end(done);
    });
    await using upstream = createUpstream(server.url);
    const received = createHash("sha256");
    let count = 0;
    let largest = 0;
    for await (const batch of streamOf(upstream, hello, { signal: forever })) {
      let bytes = 0;
      for (const event of batch) {
        if (event.type !== "block-delta") continue;
        count += event.text.split("tok").length - 1;
        bytes += event.text.length;
        received.update(event.text);
      }
      largest = Math.max(largest, bytes);
      // The reader is slower than the writer: many turns of the event loop for each batch.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(count).toBe(tokens);
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    expect(waited).toBeGreaterThan(10);
    // What one read brings, at most two socket reads of 64 KiB.
    expect(largest).toBeLessThan(200_000);
  });

  test("that nobody reads is not fetched", async () => {
    let written = 0;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      response.writeHead(200, streamHeaders);
      const line = `0:${JSON.stringify("x".repeat(10_000))}\n`;
      // Writes for as long as the socket takes it.
      const write = (): void => {
        while (written < 200_000_000) {
          written += line.length;
          if (!response.write(line)) break;
        }
      };
      response.on("drain", write);
      write();
      return undefined;
    });
    await using upstream = createUpstream(server.url);
    const items = streamOf(upstream, hello, { signal: forever })[Symbol.asyncIterator]();
    await items.next();
    let before = -1;
    await expect
      .poll(
        () => {
          const still = before === written;
          before = written;
          return still;
        },
        { interval: 100, timeout: 10_000 },
      )
      .toBe(true);
    // Kernel buffers on both sides, and 64 KiB of ours.
    expect(written).toBeLessThan(50_000_000);
    await items.return?.();
  });
});

const modelOf = (seen: { readonly body: string }) => (JSON.parse(seen.body) as { model: string }).model;
const asked = (server: Awaited<ReturnType<typeof serve>>, url: string) =>
  server.seen.filter((seen) => seen.url === url);

/** An upstream that lists one model and refuses all that it is asked for, but those of `takes`. */
function serveRefusing(listed: object, takes: readonly string[] = []) {
  const unknown = JSON.parse(readCapture("2026-05/530-b-model-unknown").body.toString()) as object;
  return serve((seen, response) => {
    if (isSession(seen)) answerSession(response, "t");
    else if (seen.url === "/api/models/") answerJson(response, 200, [listed]);
    else if (takes.includes(modelOf(seen))) answerText(response, "hi");
    else answerJson(response, 403, unknown);
  });
}

describe("sampling and models", () => {
  test("a model's own defaults are sent when the caller gave none, once its list is known", async () => {
    const list = [{ id: "m", model_id: "m", temperature: "1.00", top_p: "0.90", available: true }];
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else if (seen.url === "/api/models/") answerJson(response, 200, list);
      else answerText(response, "hi");
    });
    await using upstream = createUpstream(server.url);
    await readText(streamOf(upstream, hello, { signal: forever }));
    await upstream.listModels(forever);
    await readText(streamOf(upstream, hello, { signal: forever }));
    await readText(
      streamOf(upstream, plainRequest({ sampling: { temperature: 0, topP: 1 } }), { signal: forever }),
    );
    const bodies = server.seen
      .filter((seen) => seen.url === "/api/chat/")
      .map((seen) => JSON.parse(seen.body) as { temperature: number; topP: number });
    expect(bodies.map(({ temperature, topP }) => [temperature, topP])).toEqual([
      [0.6, 0.95],
      [1, 0.9],
      [0.0001, 1],
    ]);
  });

  test("a model that is refused and on no list is unknown", async () => {
    await using server = await serveRefusing({ id: "other", available: true });
    await using upstream = createUpstream(server.url);
    const unknown = { kind: "model-not-found", param: "model" };
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject(unknown);
    await upstream.listModels(forever);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject(unknown);
  });

  test("a model of the list that is refused may be asked for again, and the list is renewed", async () => {
    await using server = await serveRefusing({ id: "m", available: true });
    let time = 0;
    await using upstream = createUpstream(server.url, {}, { now: () => time });
    await upstream.listModels(forever);
    time = 15_000;
    const error = await readText(streamOf(upstream, hello, { signal: forever })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ kind: "overloaded", status: 503, retryAfterMs: undefined });
    expect(error).toMatchObject({
      shouldRetry: undefined,
      message: expect.stringContaining("refuses it at the moment"),
    });
    await upstream.refreshModels(forever);
    expect(asked(server, "/api/models/")).toHaveLength(2);
    // What is refused for long does not make each request ask for the list.
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "overloaded",
    });
    await upstream.listModels(forever);
    expect(asked(server, "/api/models/")).toHaveLength(2);
    time += 15_000;
    await upstream.listModels(forever);
    await upstream.refreshModels(forever);
    expect(asked(server, "/api/models/")).toHaveLength(3);
  });

  test("a model that is refused is asked for by its back end's id, too, and once more at most", async () => {
    const listed = { id: "m", model_id: "m", api_id: "org/m", available: true };
    await using away = await serveRefusing(listed, ["org/m"]);
    await using upstream = createUpstream(away.url);
    await upstream.listModels(forever);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
    expect(asked(away, "/api/chat/").map(modelOf)).toEqual(["m", "org/m"]);

    await using refusing = await serveRefusing(listed);
    await using second = createUpstream(refusing.url);
    await second.listModels(forever);
    await expect(readText(streamOf(second, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "overloaded",
    });
    expect(asked(refusing, "/api/chat/").map(modelOf)).toEqual(["m", "org/m"]);
  });
});
