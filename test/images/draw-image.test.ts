import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { drawImage } from "../../src/images/draw-image.ts";
import type { ImageEvent, ImageRequest } from "../../src/upstreams/upstream.ts";

const done: ImageEvent = { type: "done", image: { kind: "file", name: "a.webp" } };

/** An upstream that fails with these errors in turn, then draws; it notes what it was asked. */
function createImages(...errors: GatewayError[]) {
  const asked: string[] = [];
  return {
    asked,
    async *generate(request: ImageRequest): AsyncIterable<ImageEvent> {
      asked.push(`${request.order}, ${request.turns.map((turn) => `${turn.role}: ${turn.text}`).join("\n")}`);
      const error = errors.shift();
      if (error !== undefined) throw error;
      yield done;
    },
  };
}

async function draw(images: ReturnType<typeof createImages>, prompt: string): Promise<ImageEvent[]> {
  const request = { model: "AkashGen", prompt };
  const events: ImageEvent[] = [];
  for await (const event of drawImage(images, request, new AbortController().signal)) events.push(event);
  return events;
}

describe("drawing", () => {
  const declined = new GatewayError("image-declined", "I can only talk.");

  it("asks once when the upstream draws", async () => {
    const images = createImages();
    expect(await draw(images, "a red boat")).toEqual([done]);
    expect(images.asked).toEqual(["usual, user: a red boat"]);
  });

  it("asks once more in stronger words after a text answer", async () => {
    const images = createImages(declined);
    expect(await draw(images, "a red boat")).toEqual([done]);
    expect(images.asked).toEqual(["usual, user: a red boat", "urgent, user: a red boat"]);
  });

  it("gives up after the second text answer, with its text", async () => {
    const images = createImages(declined, new GatewayError("image-declined", "Really, I can't."));
    await expect(draw(images, "a red boat")).rejects.toMatchObject({
      kind: "image-declined",
      status: 422,
      message: "Really, I can't.",
    });
    expect(images.asked).toHaveLength(2);
  });

  it("does not repeat what failed otherwise", async () => {
    const images = createImages(new GatewayError("rate-limited", "Used up."));
    await expect(draw(images, "a red boat")).rejects.toMatchObject({ kind: "rate-limited" });
    expect(images.asked).toHaveLength(1);
  });
});
