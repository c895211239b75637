import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkPicture, openPicture } from "../../src/images/check-picture.ts";
import { headLength } from "../../src/model/picture-format.ts";

const webp = readFileSync(new URL("../fixtures/images/red-boat.webp", import.meta.url));
const page = Buffer.from("<!DOCTYPE html><html><body>Bad Gateway</body></html>");

/** A file that comes in these pieces, and whether it was let go. */
function fileOf(pieces: readonly Uint8Array[], contentLength?: number) {
  const state = { given: 0, closed: false };
  async function* body() {
    try {
      for (const piece of pieces) {
        state.given += 1;
        yield piece;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, file: { status: 200, etag: undefined, contentLength, body: body() } as const };
}

async function* endless() {
  yield webp.subarray(0, 100);
  yield webp.subarray(100);
  for (let count = 0; ; count += 1) {
    if (count > 1000) throw new Error("read on");
    yield page;
  }
}

async function* broken() {
  yield webp.subarray(0, 100);
  throw new Error("reset");
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A file whole, in single bytes, and cut in two at every place around its first bytes. */
function cutsOf(bytes: Buffer): (readonly [string, readonly Buffer[]])[] {
  const places = Array.from({ length: headLength + 4 }, (_, at) => at);
  return [
    ["whole", [bytes]],
    ["in single bytes", [...bytes.keys()].map((at) => bytes.subarray(at, at + 1))],
    ...places.map((at) => [`cut at ${at}`, [bytes.subarray(0, at), bytes.subarray(at)]] as const),
  ];
}

describe("a streamed file", () => {
  it.each(cutsOf(webp))("is seen to be a picture, %s", async (_, pieces) => {
    const { state, file } = fileOf(pieces);
    const picture = await openPicture(file);
    expect(picture).toMatchObject({ mediaType: "image/webp", contentLength: webp.length });
    expect((await readAll(picture.body)).equals(webp)).toBe(true);
    expect(state.closed).toBe(true);
  });

  it.each(cutsOf(page))("is seen to be none, %s, and let go", async (_, pieces) => {
    const { state, file } = fileOf(pieces);
    await expect(openPicture(file)).rejects.toMatchObject({ kind: "upstream-protocol", status: 502 });
    expect(state.closed).toBe(true);
  });

  it("is not read further than its first bytes until somebody wants it, and then one piece ahead", async () => {
    const pieces = [webp.subarray(0, 9), webp.subarray(9, 30), webp.subarray(30, 90), webp.subarray(90)];
    const { state, file } = fileOf(pieces);
    const { body } = await openPicture(file);
    expect(state).toEqual({ given: 2, closed: false });
    for await (const _ of body) break;
    expect(state).toEqual({ given: 3, closed: true });
  });

  it("ends with an error when it ends before the picture does", async () => {
    for (const length of [headLength, 100, webp.length - 1]) {
      const { body } = await openPicture(fileOf([webp.subarray(0, length)]).file);
      await expect(readAll(body)).rejects.toMatchObject({ kind: "upstream-protocol" });
    }
  });

  it("that says beforehand that it will be too short is refused at once", async () => {
    const { state, file } = fileOf([webp], webp.length - 1);
    await expect(openPicture(file)).rejects.toMatchObject({ kind: "upstream-protocol" });
    expect(state.closed).toBe(true);
  });

  it("keeps its last piece back until that is known to be the end", async () => {
    const { body } = await openPicture(fileOf([webp.subarray(0, 50), webp.subarray(50, -1)]).file);
    const given: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of body) given.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({ kind: "upstream-protocol" });
    expect(given).toEqual([webp.subarray(0, 50)]);
  });

  it("loses what follows the picture, so that the length is right", async () => {
    const { file } = fileOf([webp, Buffer.from("<script>")], webp.length + 8);
    const { contentLength, body } = await openPicture(file);
    expect(contentLength).toBe(webp.length);
    expect((await readAll(body)).equals(webp)).toBe(true);
  });

  it("ends with the picture, though what follows may not", async () => {
    const { body } = await openPicture({ ...fileOf([]).file, body: endless() });
    expect((await readAll(body)).equals(webp)).toBe(true);
  });

  it("fails as its source does", async () => {
    const picture = await openPicture({ ...fileOf([]).file, body: broken() });
    await expect(readAll(picture.body)).rejects.toThrow("reset");
  });
});

describe("a whole file", () => {
  it("is the picture that its bytes are", () => {
    expect(checkPicture(webp)).toEqual({ mediaType: "image/webp", bytes: webp });
  });

  it.each([
    ["nothing", Buffer.alloc(0), /is empty/],
    ["a page", page, /none: no webp/],
    ["half a picture", webp.subarray(0, 300), /ends before/],
  ])("of %s is refused in words that help", (_, bytes, words) => {
    expect(() => checkPicture(bytes)).toThrow(
      expect.objectContaining({ kind: "upstream-protocol", message: expect.stringMatching(words) }),
    );
    expect(() => checkPicture(bytes)).toThrow(/Have the picture made again/);
  });
});
