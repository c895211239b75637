import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { createImageService } from "../../src/images/create-image-service.ts";
import type { ImageLink } from "../../src/images/image-service.ts";
import type { ImageEvent } from "../../src/upstreams/upstream.ts";
import { createScriptedUpstream } from "./scripted-upstream.ts";

const webp = readFileSync(new URL("../fixtures/images/red-boat.webp", import.meta.url));
const never = new AbortController().signal;
const request = { model: "AkashGen", turns: [{ role: "user", text: "a red boat" }] } as const;

function createService(concurrency = 2) {
  const upstream = createScriptedUpstream();
  upstream.files.set("a.webp", webp);
  const config = {
    IMAGE_CONCURRENCY: concurrency,
    IMAGE_LINK_SECRET: "a secret of the tests",
    DATA_DIR: undefined,
  };
  return {
    upstream,
    images: createImageService({ config, pictures: upstream, secret: "a secret of this test" }),
  };
}

async function collect(events: AsyncIterable<ImageEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types;
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

function readLink(url: string): ImageLink {
  const { pathname, searchParams } = new URL(url);
  const format = searchParams.get("format");
  return {
    fileName: pathname.slice(pathname.lastIndexOf("/") + 1),
    signature: searchParams.get("sig") ?? "",
    encoding: format === null ? undefined : { format: format as "png" },
  };
}

describe("image jobs", () => {
  it("run as many at once as allowed; the others wait for their turn", async () => {
    const { upstream, images } = createService(2);
    const all = [1, 2, 3, 4, 5].map(() => collect(images.generate(request, never)));
    for (let number = 1; number <= 5; number += 1) {
      await upstream.started(number);
      expect(upstream.jobs.length).toBeLessThanOrEqual(number + 1);
      upstream.jobs[number - 1]?.finish();
    }
    for (const types of await Promise.all(all)) expect(types).toEqual(["accepted", "progress", "done"]);
  });

  it("give their place back when they fail, and when the consumer stops early", async () => {
    const { upstream, images } = createService(1);
    const failing = collect(images.generate(request, never));
    await upstream.started(1);
    upstream.jobs[0]?.fail(new GatewayError("upstream-unavailable", "no workers"));
    await expect(failing).rejects.toMatchObject({ kind: "upstream-unavailable" });

    const leaving = (async () => {
      for await (const _ of images.generate(request, never)) break;
    })();
    await upstream.started(2);
    upstream.jobs[1]?.finish();
    await leaving;

    const last = collect(images.generate(request, never));
    await upstream.started(3);
    upstream.jobs[2]?.finish();
    await last;
  });

  it("that wait for their turn never begin when the client leaves", async () => {
    const { upstream, images } = createService(1);
    const running = collect(images.generate(request, never));
    await upstream.started(1);
    const client = new AbortController();
    const waiting = collect(images.generate(request, client.signal));
    client.abort();
    await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    upstream.jobs[0]?.finish();
    await running;
    expect(upstream.jobs).toHaveLength(1);
  });
});

describe("published pictures", () => {
  it("of a file are streamed through", async () => {
    const { images } = createService();
    const url = images.publish({ kind: "file", name: "a.webp" }, "http://x");
    expect(images.link("a.webp", "http://x")).toBe(url);
    const file = await images.open(readLink(url), undefined, never);
    expect(file).toMatchObject({ status: 200, mediaType: "image/webp" });
    expect(await readBody(file.body)).toEqual(webp);
  });

  it("of a file get their type from its bytes, not from its name", async () => {
    const { upstream, images } = createService();
    upstream.files.set("b.png", webp);
    const file = await images.open(readLink(images.link("b.png", "http://x")), undefined, never);
    expect(file.mediaType).toBe("image/webp");
    await readBody(file.body);
  });

  it("of bytes are kept in memory under a name of their own", async () => {
    const { upstream, images } = createService();
    const url = images.publish({ kind: "bytes", bytes: webp }, "http://x");
    expect(url).toMatch(/\/v1\/images\/files\/inline-[0-9a-f]{32}\.webp\?sig=/);
    const file = await images.open(readLink(url), undefined, never);
    expect(file).toMatchObject({ mediaType: "image/webp", contentLength: webp.length });
    expect(await readBody(file.body)).toEqual(webp);
    expect(upstream.opened).toEqual([]);
  });

  it("of bytes that are no longer kept are not found, without a question to the upstream", async () => {
    const first = createService();
    const url = first.images.publish({ kind: "bytes", bytes: webp }, "http://x");
    const { images, upstream } = createService();
    await expect(images.open(readLink(url), undefined, never)).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringContaining("no longer kept"),
    });
    expect(upstream.opened).toEqual([]);
  });

  it("are converted once for a link that says so", async () => {
    const { upstream, images } = createService();
    const url = images.publish({ kind: "file", name: "a.webp" }, "http://x", { format: "png" });
    for (let time = 0; time < 2; time += 1) {
      const file = await images.open(readLink(url), undefined, never);
      expect(file.mediaType).toBe("image/png");
      expect((await readBody(file.body)).subarray(1, 4).toString()).toBe("PNG");
    }
    expect(upstream.opened).toEqual(["a.webp"]);
  });

  it("have an entity tag that spares the transfer", async () => {
    const { upstream, images } = createService();
    const link = readLink(images.link("a.webp", "http://x"));
    const { etag, body } = await images.open(link, undefined, never);
    await readBody(body);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`]) {
      expect(await images.open(link, ifNoneMatch, never)).toMatchObject({ status: 304, etag });
    }
    expect(upstream.opened).toEqual(["a.webp"]);
    expect(await images.open(link, '"other"', never)).toMatchObject({ status: 200, etag });
    // Any picture, but one that is there.
    expect(await images.open(link, "*", never)).toMatchObject({ status: 304, etag });
    const png = readLink(images.publish({ kind: "file", name: "a.webp" }, "http://x", { format: "png" }));
    expect(await images.open(png, etag, never)).toMatchObject({ status: 200 });
    upstream.files.set("a.webp", Buffer.alloc(0));
    await expect(images.open(link, "*", never)).rejects.toMatchObject({ kind: "upstream-protocol" });
  });

  it.each(["../get-workers", "..%2Fget-workers", "a/b.webp", "a.webp?ids=1", ""])(
    "are never of the file name %j",
    async (name) => {
      const { upstream, images } = createService();
      expect(() => images.publish({ kind: "file", name }, "http://x")).toThrow(
        expect.objectContaining({ kind: "upstream-protocol" }),
      );
      const link = { ...readLink(images.link("a.webp", "http://x")), fileName: name };
      await expect(images.open(link, "*", never)).rejects.toMatchObject({ kind: "not-found" });
      expect(upstream.opened).toEqual([]);
    },
  );
});

describe("reading a picture", () => {
  it("fetches a file and takes bytes as they are", async () => {
    const { upstream, images } = createService();
    const file = await images.read({ kind: "file", name: "a.webp" }, never);
    expect(file).toEqual({ mediaType: "image/webp", bytes: webp });
    const bytes = await images.read({ kind: "bytes", bytes: webp }, never);
    expect(bytes.bytes).toBe(webp);
    expect(upstream.opened).toEqual(["a.webp"]);
  });

  it("converts", async () => {
    const { images } = createService();
    const image = await images.read({ kind: "file", name: "a.webp" }, never, { format: "jpeg", quality: 50 });
    expect(image.mediaType).toBe("image/jpeg");
    expect(Buffer.from(image.bytes).subarray(0, 3).toString("hex")).toBe("ffd8ff");
  });

  it("refuses a file that is larger than any picture", async () => {
    const { upstream, images } = createService();
    const endless = Buffer.concat([webp, Buffer.alloc(1024 * 1024 - webp.length)]);
    endless.writeUInt32LE(0xff_ff_ff_ff, 4);
    let given = 0;
    upstream.openImage = async () => ({
      status: 200,
      etag: undefined,
      contentLength: undefined,
      body: (async function* () {
        for (;;) {
          given += 1;
          yield endless;
        }
      })(),
    });
    await expect(images.read({ kind: "file", name: "big.webp" }, never)).rejects.toMatchObject({
      kind: "upstream-protocol",
    });
    // One piece is always read ahead.
    expect(given).toBe(34);
  });
});
