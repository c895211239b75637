import type { CallContext } from "../completion/chat-service.ts";
import { GatewayError, rephrase, toGatewayError } from "../errors.ts";
import type { PictureEvent, PictureRequest } from "../model/picture.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type { ImageSource } from "../upstreams/upstream.ts";
import { drawImage } from "./draw-image.ts";
import type { ImageService } from "./image-service.ts";

/**
 * Draws all pictures of a wish at once and tells of each as it goes. Each job fails for itself: what the others draw
 * is given all the same, and a refusal that concerns all (a budget that is spent) comes to each of them soon enough.
 * Only when nothing was drawn, throws the first failure. When the client leaves, all end.
 */
export async function* drawPictures(
  images: ImageService,
  request: PictureRequest & { readonly model: string },
  context: CallContext,
): AsyncIterable<PictureEvent> {
  const linked = linkSignal(context.signal);
  const { signal } = linked;
  const jobs = Array.from({ length: request.count }, (_, index) =>
    drawPicture(images, request, index, { ...context, signal })[Symbol.asyncIterator](),
  );
  const steps = new Map(jobs.map((job) => [job, step(job)]));
  const missing: { readonly index: number; readonly error: GatewayError }[] = [];
  try {
    while (steps.size > 0) {
      const { job, result, failure } = await Promise.race(steps.values());
      // Taken out and put back at the end: of several that are ready the first in the map wins.
      steps.delete(job);
      if (result === undefined) {
        if (signal.aborted) throw failure;
        missing.push({ index: jobs.indexOf(job), error: toGatewayError(failure) });
      } else if (result.done !== true) {
        steps.set(job, step(job));
        yield result.value;
      }
    }
    const [first] = missing;
    if (first === undefined) return;
    if (missing.length === request.count) throw toNothingDrawn(first.error, request.count);
    yield { type: "missing", pictures: missing };
  } finally {
    linked.release();
    linked.abort();
    // Their places are free only when they have really ended. Why they ended is known already.
    await Promise.allSettled(jobs.map(async (job) => job.return?.()));
  }
}

function toNothingDrawn(first: GatewayError, count: number): GatewayError {
  return count === 1
    ? first
    : rephrase(
        first,
        `None of the ${count} pictures could be drawn; the first failure was: ${first.message}`,
      );
}

/** The next step of a job. Never rejects: a failure may come while nobody waits, because the client reads slowly. */
async function step(job: AsyncIterator<PictureEvent>) {
  try {
    return { job, result: await job.next(), failure: undefined };
  } catch (failure) {
    return { job, result: undefined, failure };
  }
}

async function* drawPicture(
  images: ImageService,
  request: PictureRequest & { readonly model: string },
  index: number,
  { signal, baseUrl, watch }: CallContext,
): AsyncIterable<PictureEvent> {
  const { model, prompt, delivery, encoding, settings } = request;
  let jobId = "";
  let revisedPrompt = "";
  let drawn = false;

  async function deliver(image: ImageSource) {
    if (delivery === "link") return { kind: "link", url: images.publish(image, baseUrl, encoding) } as const;
    return { kind: "bytes", ...(await images.read(image, signal, encoding)) } as const;
  }

  for await (const event of drawImage(
    images,
    { model, prompt, watch, ...(settings === undefined ? {} : { settings }) },
    signal,
  )) {
    switch (event.type) {
      case "accepted":
        ({ jobId, prompt: revisedPrompt } = event);
        yield {
          type: "progress",
          index,
          status: "accepted",
          queuePosition: undefined,
          elapsedMs: undefined,
        };
        break;
      case "progress":
        yield { ...event, index };
        break;
      case "done":
        drawn = true;
        yield {
          type: "picture",
          index,
          picture: { jobId, prompt: revisedPrompt, content: await deliver(event.image) },
        };
        break;
    }
  }
  if (!drawn) {
    throw new GatewayError("upstream-truncated", "The upstream ended an image job without a picture.");
  }
}
