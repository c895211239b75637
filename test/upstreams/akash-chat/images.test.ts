import { describe, expect, test } from "vitest";

import type { StartTimer } from "../../../src/stream/with-idle-timeout.ts";
import type { ImageEvent, ImageRequest } from "../../../src/upstreams/upstream.ts";
import { readCapture, readCaptures } from "./support/captures.ts";
import { createGate } from "./support/create-gate.ts";
import { createUpstream, forever } from "./support/create-upstream.ts";
import { answerJson, answerSession, isSession, type Seen, serve, streamHeaders } from "./support/serve.ts";

const wish: ImageRequest = { model: "AkashGen", turns: [{ role: "user", text: "a boat" }] };
const quick = { IMAGE_POLL_MS: "10" };

function accept(jobId: string): string {
  const usage = '"usage":{"promptTokens":20,"completionTokens":50}';
  return `0:"<image_generation> jobId='${jobId}' prompt='it\\'s' negative='n'</image_generation>"\ne:{"finishReason":"stop",${usage}}\nd:{"finishReason":"stop",${usage}}\n`;
}

function entry(jobId: string, status: string, result = "", queuePosition = 0) {
  return { job_id: jobId, status, result, queue_position: queuePosition, elapsed_time: 0.1 };
}

function isStatus(seen: Seen): boolean {
  return seen.url.startsWith("/api/image-status/");
}

function idsOf(seen: Seen): string[] {
  return (new URL(seen.url, "http://x").searchParams.get("ids") ?? "").split(",");
}

async function readAll(events: AsyncIterable<ImageEvent>): Promise<ImageEvent[]> {
  const all: ImageEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** An upstream whose image replies and status replies are given. */
function serveImages(
  reply: string,
  answerStatus: (seen: Seen, poll: number) => { status: number; body: unknown },
) {
  let polls = 0;
  return serve((seen, response) => {
    if (isSession(seen)) return answerSession(response, "t");
    if (!isStatus(seen)) return response.writeHead(200, streamHeaders).end(reply);
    const { status, body } = answerStatus(seen, (polls += 1));
    response.writeHead(status, {
      "content-type": status === 200 ? "text/plain;charset=UTF-8" : "application/json",
    });
    return response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

describe("an image", () => {
  test("is accepted, makes progress and is done", async () => {
    const states = [
      [entry("j", "pending", "", 2)],
      [entry("j", "processing")],
      [entry("j", "succeeded", "/api/image/job_j.webp")],
    ];
    await using server = await serveImages(accept("j"), (_seen, poll) => ({
      status: 200,
      body: states[poll - 1],
    }));
    await using upstream = createUpstream(server.url, quick, { now: () => 5 });
    expect(await readAll(upstream.pictures.makeImage(wish, forever))).toEqual([
      { type: "accepted", jobId: "j", prompt: "it's", negativePrompt: "n" },
      { type: "progress", status: "pending", queuePosition: 2, elapsedMs: 0 },
      { type: "progress", status: "processing", queuePosition: 0, elapsedMs: 0 },
      { type: "done", image: { kind: "file", name: "job_j.webp" } },
    ]);
    const { temperature, topP } = JSON.parse(server.seen[1]?.body ?? "") as {
      temperature: number;
      topP: number;
    };
    expect([temperature, topP]).toEqual([0.85, 1]);
  });

  test("50 at once are all made, with few requests, none twice", async () => {
    let count = 0;
    const asked = createGate();
    const polls = new Map<string, number>();
    await using server = await serve(async (seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      if (!isStatus(seen)) {
        const jobId = `job-${(count += 1)}`;
        if (count === 50) asked.open();
        // All are accepted together, so that one poll can ask for all.
        await asked.opened;
        return response.writeHead(200, streamHeaders).end(accept(jobId));
      }
      return answerJson(
        response,
        200,
        idsOf(seen).map((id) => {
          polls.set(id, (polls.get(id) ?? 0) + 1);
          return polls.get(id) === 3 ? entry(id, "succeeded", `/api/image/${id}.webp`) : entry(id, "pending");
        }),
      );
    });
    await using upstream = createUpstream(server.url, { IMAGE_POLL_MS: "100" });
    const images = await Promise.all(
      Array.from({ length: 50 }, () => readAll(upstream.pictures.makeImage(wish, forever))),
    );
    const names = images.map((events) => JSON.stringify(events.at(-1)));
    expect(new Set(names).size).toBe(50);
    expect(server.seen.filter(isStatus).length).toBeLessThan(50);
  });

  test.each([
    [
      "a failure with a reason",
      { status: 200, body: [entry("j", "failed", "Failed: out of memory")] },
      "Failed: out of memory",
    ],
    ["a failure without", { status: 200, body: [entry("j", "failed")] }, 'its status is "failed"'],
    [
      "a result that is no image",
      { status: 200, body: [entry("j", "succeeded", "gone")] },
      "in a form that is not known",
    ],
    ["a job that stays unknown", { status: 200, body: [] }, "does not know the job"],
    [
      "a route that keeps failing",
      { status: 500, body: { error: "Failed to check image status" } },
      "Failed to check image status",
    ],
    ["404 for good", { status: 404, body: { error: "Middleware error: 404" } }, "lost sight of the image"],
  ])("%s is told", async (_name, reply, words) => {
    await using server = await serveImages(accept("j"), () => reply);
    await using upstream = createUpstream(server.url, quick);
    await expect(readAll(upstream.pictures.makeImage(wish, forever))).rejects.toMatchObject({
      kind: "upstream-unavailable",
      message: expect.stringContaining(words),
    });
  });

  test("three bad polls in a row are borne", async () => {
    const bad = [
      { status: 404, body: { error: "Middleware error: 404" } },
      { status: 500, body: { error: "Failed to check image status" } },
      { status: 200, body: "Job not found: j" },
      { status: 200, body: [entry("j", "pending")] },
      { status: 200, body: [] },
      { status: 200, body: [null] },
      { status: 200, body: { hello: 1 } },
    ];
    await using server = await serveImages(
      accept("j"),
      (_seen, poll) => bad[poll - 1] ?? { status: 200, body: [entry("j", "completed", "/api/image/a.webp")] },
    );
    await using upstream = createUpstream(server.url, quick);
    const events = await readAll(upstream.pictures.makeImage(wish, forever));
    expect(events.at(-1)).toEqual({ type: "done", image: { kind: "file", name: "a.webp" } });
  });

  test("one job that spoils the status of all is found, the others are made", async () => {
    let count = 0;
    const asked = createGate();
    await using server = await serve(async (seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      if (!isStatus(seen)) {
        const jobId = ["good-1", "bad", "good-2", "good-3"][count];
        count += 1;
        if (count === 4) asked.open();
        await asked.opened;
        return response.writeHead(200, streamHeaders).end(accept(jobId ?? ""));
      }
      const ids = idsOf(seen);
      if (ids.includes("bad")) return answerJson(response, 500, { error: "Failed to check image status" });
      return answerJson(
        response,
        200,
        ids.map((id) => entry(id, "succeeded", `/api/image/${id}.webp`)),
      );
    });
    await using upstream = createUpstream(server.url, quick);
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => readAll(upstream.pictures.makeImage(wish, forever))),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(3);
  });

  test("a caller that leaves ends its own job only; nobody left: nothing is polled", async () => {
    let count = 0;
    let release = false;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) return answerSession(response, "t");
      if (!isStatus(seen)) return response.writeHead(200, streamHeaders).end(accept(`job-${(count += 1)}`));
      const status = release ? "succeeded" : "pending";
      return answerJson(
        response,
        200,
        idsOf(seen).map((id) => entry(id, status, release ? `/api/image/${id}.webp` : "")),
      );
    });
    await using upstream = createUpstream(server.url, quick);
    const controller = new AbortController();
    const left = upstream.pictures.makeImage(wish, controller.signal)[Symbol.asyncIterator]();
    const stays = upstream.pictures.makeImage(wish, forever)[Symbol.asyncIterator]();
    await left.next();
    await stays.next();
    await Promise.all([left.next(), stays.next()]);
    const waiting = left.next();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    release = true;
    let last = await stays.next();
    while (last.done !== true && last.value.type !== "done") last = await stays.next();
    expect(last.value).toMatchObject({ type: "done" });
    const polled = server.seen.filter(isStatus);
    expect(idsOf(polled.at(-1) as Seen)).toHaveLength(1);
  });

  test("that takes too long is a time-out", async () => {
    const long = new Set<() => void>();
    const startTimer: StartTimer = (milliseconds, expire) => {
      if (milliseconds === 300_000) {
        long.add(expire);
        return () => long.delete(expire);
      }
      const timer = setImmediate(expire);
      return () => clearImmediate(timer);
    };
    await using server = await serveImages(accept("j"), () => {
      for (const expire of long) expire();
      return { status: 200, body: [entry("j", "pending")] };
    });
    await using upstream = createUpstream(server.url, quick, { startTimer });
    await expect(readAll(upstream.pictures.makeImage(wish, forever))).rejects.toMatchObject({
      kind: "upstream-timeout",
    });
  });
});

describe("a wish that brings no job", () => {
  const outcomes: Readonly<Record<string, readonly [kind: string, words: string]>> = {
    "2025-07/303-gen-declines": ["image-declined", "Second call text."],
    "2025-07/304-gen-img-error": ["image-declined", "fallback text"],
    "2025-07/306-gen-img-cut-404": ["upstream-unavailable", "does not exist"],
    "2025-07/307-gen-img-nojob": ["upstream-unavailable", "did not take the job"],
    "2025-07/325-gen-no-messages": ["invalid-request", "messages must not be empty"],
    "2025-07/422-down-gen": ["upstream-unavailable", "Cannot connect to API"],
    "2026-05/586-b-rl-429-gen": ["rate-limited", "usage limit"],
    "2026-05/551-b-gen-models-500": ["overloaded", "no model at all"],
    "2026-05/621-b-gen-notemp": ["upstream-unavailable", "Error generating image: Invalid argument"],
    "2026-05/626-b-gen-declines": ["image-declined", "Second call text."],
    "2026-05/627-b-gen-declines-404": ["image-declined", "did not take the request for the wish of an image"],
    "2026-05/629-b-gen-img-error": ["upstream-unavailable", "no workers"],
    "2026-05/632-b-gen-img-nojob": ["upstream-unavailable", "did not take the job"],
    "2026-05/633-b-gen-small-500": ["upstream-unavailable", "crashed"],
    "2026-05/637-b-gen-othertool": ["upstream-unavailable", "unavailable tool"],
  };

  test.each(Object.entries(outcomes))("%s is %j", async (name, [kind, words]) => {
    const capture = readCapture(name);
    const { "transfer-encoding": _chunked, connection: _connection, ...headers } = capture.headers;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else response.writeHead(capture.status, headers).end(capture.body);
    });
    await using upstream = createUpstream(server.url, quick);
    await expect(readAll(upstream.pictures.makeImage(wish, forever))).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(words),
    });
  });

  test("a job id that could reach further is refused", async () => {
    await using server = await serveImages(accept("j&x=1"), () => ({ status: 200, body: [] }));
    await using upstream = createUpstream(server.url, quick);
    await expect(readAll(upstream.pictures.makeImage(wish, forever))).rejects.toMatchObject({
      kind: "upstream-protocol",
    });
    expect(server.seen.filter(isStatus)).toHaveLength(0);
  });
});

describe("image files", () => {
  test("are passed through as recorded", async () => {
    const capture = readCapture("2025-07/350-image-ok");
    await using server = await serve((_seen, response) => {
      response.writeHead(200, {
        "content-type": "image/webp",
        etag: '"e"',
        "content-length": capture.body.length,
      });
      response.end(capture.body);
    });
    await using upstream = createUpstream(server.url);
    const file = await upstream.pictures.openImage("job_J_00001_.webp", undefined, forever);
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.body) chunks.push(chunk);
    expect(file).toMatchObject({
      status: 200,
      etag: '"e"',
      contentLength: capture.body.length,
    });
    expect(Buffer.concat(chunks).equals(capture.body)).toBe(true);
    expect(server.seen[0]?.url).toBe("/api/image/job_J_00001_.webp");
  });

  test("that the client has already are not sent again", async () => {
    await using server = await serve((seen, response) => {
      response.writeHead(seen.headers["if-none-match"] === '"e"' ? 304 : 200).end();
    });
    await using upstream = createUpstream(server.url);
    expect((await upstream.pictures.openImage("a.webp", '"e"', forever)).status).toBe(304);
  });

  test.each(
    readCaptures((capture) => capture.request.path.startsWith("/api/image/") && capture.status >= 400).map(
      (capture) => [capture.name, capture] as const,
    ),
  )("%s is an error", async (_name, capture) => {
    await using server = await serve((_seen, response) => {
      response.writeHead(capture.status, { "content-type": "application/json" }).end(capture.body);
    });
    await using upstream = createUpstream(server.url);
    await expect(upstream.pictures.openImage("a.webp", undefined, forever)).rejects.toMatchObject({
      kind: capture.status === 404 ? "not-found" : "upstream-unavailable",
    });
  });

  test.each(["../x", "..", "a/b", "a%2Fb", "a?b=c", ""])("%j is not asked for", async (name) => {
    await using server = await serve((_seen, response) => {
      response.end();
    });
    await using upstream = createUpstream(server.url);
    await expect(upstream.pictures.openImage(name, undefined, forever)).rejects.toMatchObject({
      kind: "not-found",
    });
    expect(server.seen).toHaveLength(0);
  });
});
