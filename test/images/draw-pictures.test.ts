import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { createImageService } from "../../src/images/create-image-service.ts";
import { drawPictures } from "../../src/images/draw-pictures.ts";
import type { PictureEvent } from "../../src/model/picture.ts";
import { createScriptedUpstream } from "./scripted-upstream.ts";

function createCase(concurrency: number) {
  const upstream = createScriptedUpstream();
  const config = { IMAGE_CONCURRENCY: concurrency, IMAGE_LINK_SECRET: "s".repeat(16), DATA_DIR: undefined };
  const images = createImageService({ config, pictures: upstream, secret: "a secret of this test" });
  const client = new AbortController();
  const request = { model: "AkashGen", prompt: "a red boat", count: 3, delivery: "link" } as const;
  const events = drawPictures(images, request, { signal: client.signal, baseUrl: "http://x" });
  return { upstream, client, events };
}

async function collect(events: AsyncIterable<PictureEvent>): Promise<PictureEvent[]> {
  const all: PictureEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("several pictures", () => {
  it("are drawn at once and come as they are ready, each with its own number", async () => {
    const { upstream, events } = createCase(8);
    const all = collect(events);
    await upstream.started(3);
    upstream.jobs[2]?.finish();
    upstream.jobs[0]?.finish();
    upstream.jobs[1]?.finish();
    const pictures = (await all).filter((event) => event.type === "picture");
    expect(new Map(pictures.map((event) => [event.index, event.picture.prompt]))).toEqual(
      new Map([
        [0, "revised 1"],
        [1, "revised 2"],
        [2, "revised 3"],
      ]),
    );
    expect(pictures).toHaveLength(3);
    expect(upstream.jobs.map((job) => job.request.turns[0]?.text)).toEqual(
      Array.from({ length: 3 }, () => "a red boat"),
    );
  });

  it("tell of their progress", async () => {
    const { upstream, events } = createCase(8);
    const all = collect(events);
    await upstream.started(3);
    for (const job of upstream.jobs) job.finish();
    const progress = (await all).filter((event) => event.type === "progress" && event.index === 1);
    expect(progress).toEqual([
      { type: "progress", index: 1, status: "accepted", queuePosition: undefined, elapsedMs: undefined },
      { type: "progress", index: 1, status: "pending", queuePosition: 1, elapsedMs: 10 },
    ]);
  });

  it("fail each for itself: the others are drawn, and what is missing is told at the end", async () => {
    const { upstream, events } = createCase(2);
    const all = collect(events);
    await upstream.started(2);
    const reason = new GatewayError("upstream-unavailable", "no workers");
    upstream.jobs[0]?.fail(reason);
    // One that waited for its turn gets it.
    await upstream.started(3);
    upstream.jobs[2]?.finish();
    upstream.jobs[1]?.finish();
    const told = (await all).filter((event) => event.type !== "progress");
    expect(told).toMatchObject([
      { type: "picture", index: 2 },
      { type: "picture", index: 1 },
      { type: "missing", pictures: [{ index: 0, error: reason }] },
    ]);
  });

  it("fail as the first did when nothing is drawn, and say how many were tried", async () => {
    const { upstream, events } = createCase(8);
    const all = collect(events);
    await upstream.started(3);
    const limit = { retryAfterMs: 60_000, shouldRetry: false };
    upstream.jobs[1]?.fail(new GatewayError("rate-limited", "Spent.", limit));
    upstream.jobs[0]?.fail(new GatewayError("upstream-unavailable", "no workers"));
    upstream.jobs[2]?.fail(new Error("a fault of our own"));
    await expect(all).rejects.toMatchObject({
      kind: "rate-limited",
      status: 429,
      message: "None of the 3 pictures could be drawn; the first failure was: Spent.",
      ...limit,
    });
  });

  it("all end when the client leaves", async () => {
    const { upstream, client, events } = createCase(8);
    const all = collect(events);
    await upstream.started(3);
    client.abort();
    await expect(all).rejects.toMatchObject({ kind: "aborted" });
    for (const job of upstream.jobs) expect(job.signal.aborted).toBe(true);
  });

  it("keep a failure until the consumer comes back for it", async () => {
    const { upstream, events } = createCase(8);
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const reading = (async () => {
      for await (const _ of events) {
        // A rejection without a listener is reported after the microtasks, so two turns of the loop show it.
        for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await upstream.started(3);
    // Fails where the picture is published, while the consumer still looks at the event before.
    for (const job of upstream.jobs) job.finish({ kind: "file", name: "../get-workers" });
    await expect(reading).rejects.toMatchObject({ kind: "upstream-protocol" });
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("all end when the consumer stops", async () => {
    const { upstream, events } = createCase(8);
    const stopped = (async () => {
      for await (const _ of events) break;
    })();
    await upstream.started(3);
    upstream.jobs[0]?.finish();
    await stopped;
    expect(upstream.jobs[1]?.signal.aborted).toBe(true);
  });
});
