import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { startSimulator, type ScriptedImage, type Simulator } from "../../src/simulator/index.ts";

/** Starts a job as a chat request does and gives its id. */
async function draw(simulator: Simulator, image?: Partial<ScriptedImage>): Promise<string> {
  if (image !== undefined) simulator.enqueue({ image: { prompt: "a boat", ...image } });
  const messages = [{ role: "user", content: "a boat" }];
  const body = JSON.stringify({ messages, model: "AkashGen", temperature: 1, topP: 1 });
  const reply = await fetch(`${simulator.url}/api/chat/`, { method: "POST", body });
  return /jobId='([^']*)'/.exec(await reply.text())?.[1] ?? "";
}

interface Entry {
  readonly status: string;
  readonly result: string;
  readonly queue_position: number;
}

async function poll(simulator: Simulator, id: string): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${simulator.url}/api/image-status?ids=${id}`);
  return { status: reply.status, body: await reply.json() };
}

async function entry(simulator: Simulator, id: string): Promise<Entry> {
  const { body } = await poll(simulator, id);
  return (body as Entry[])[0]!;
}

async function* inTwo() {
  yield Buffer.from("RI");
  yield Buffer.from("FF");
}

describe("image jobs", () => {
  it("wait, are drawn and lie under the image route", async () => {
    await using simulator = await startSimulator({ instance: "no-accounts" });
    const id = await draw(simulator);
    const seen: Entry[] = [];
    for (let count = 0; count < 5; count += 1) seen.push(await entry(simulator, id));
    expect(seen.map(({ status }) => status)).toEqual([
      "waiting",
      "pending",
      "pending",
      "succeeded",
      "succeeded",
    ]);

    const picture = await fetch(simulator.url + seen.at(-1)!.result);
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "webp", width: 64, height: 64 });
    expect(picture.headers.get("content-type")).toBe("image/webp");
    expect(picture.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(picture.headers.get("cache-control")).toBe("public, max-age=31536000");

    const again = await fetch(simulator.url + seen.at(-1)!.result, {
      headers: { "if-none-match": picture.headers.get("etag")! },
    });
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
  });

  it.each<[NonNullable<ScriptedImage["result"]>, RegExp]>([
    ["path", /^\/api\/image\/job_job-1_00001_\.webp$/],
    ["absolute", /^http:\/\/127\.0\.0\.1:\d+\/api\/image\/job_job-1_00001_\.webp$/],
    ["data-url", /^data:image\/webp;base64,UklGR/],
    ["base64", /^UklGR/],
    [{ text: "Failed: out of memory" }, /^Failed: out of memory$/],
  ])("result as %j", async (result, expected) => {
    await using simulator = await startSimulator({ instance: "no-accounts" });
    const id = await draw(simulator, { jobId: "job-1", statuses: ["succeeded"], result });
    expect((await entry(simulator, id)).result).toMatch(expected);
  });

  it("can be lost, refused and found again between polls", async () => {
    await using simulator = await startSimulator({ instance: "no-accounts" });
    const statuses = [404, "missing", "not-found-text", "broken", "failed"];
    const id = await draw(simulator, { jobId: "job-1", statuses });
    expect(await poll(simulator, id)).toEqual({ status: 404, body: { error: "Middleware error: 404" } });
    expect(await poll(simulator, id)).toEqual({ status: 200, body: [] });
    expect(await poll(simulator, id)).toEqual({ status: 200, body: "Job not found: job-1" });
    expect(await poll(simulator, id)).toEqual({
      status: 500,
      body: { error: "Failed to check image status" },
    });
    expect(await entry(simulator, id)).toMatchObject({ status: "failed", result: "" });
  });

  it("of different ids have different pictures", async () => {
    await using simulator = await startSimulator({ instance: "no-accounts" });
    const pictures = new Set<string>();
    for (const jobId of ["a", "b", "c"]) {
      await draw(simulator, { jobId, statuses: ["succeeded"], result: "base64" });
      pictures.add((await entry(simulator, jobId)).result);
    }
    expect(pictures.size).toBe(3);
  });

  it("can have a file that is not theirs, or none of a picture", async () => {
    await using simulator = await startSimulator({ instance: "no-accounts" });
    const file = { body: Buffer.from("<html>"), contentType: "image/png" };
    await draw(simulator, { jobId: "job-1", statuses: ["succeeded"], file });
    const reply = await fetch(simulator.url + (await entry(simulator, "job-1")).result);
    expect([reply.status, reply.headers.get("content-type"), await reply.text()]).toEqual([
      200,
      "image/png",
      "<html>",
    ]);
    await draw(simulator, { jobId: "job-2", statuses: ["succeeded"], file, result: "data-url" });
    expect((await entry(simulator, "job-2")).result).toBe("data:image/png;base64,PGh0bWw+");
  });

  it("can have a file that comes piece by piece and is cut", async () => {
    await using simulator = await startSimulator({ instance: "no-accounts" });
    await draw(simulator, { jobId: "job-1", statuses: ["succeeded"], file: { body: inTwo(), cut: true } });
    const reply = await fetch(simulator.url + (await entry(simulator, "job-1")).result);
    expect(reply.headers.get("transfer-encoding")).toBe("chunked");
    await expect(reply.text()).rejects.toThrow();
  });
});
