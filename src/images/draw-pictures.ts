import type { CallContext } from "../completion/chat-service.ts";
import type { PictureEvent, PictureRequest } from "../model/picture.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type { ImageSource } from "../upstreams/upstream.ts";
import { drawImage } from "./draw-image.ts";
import type { ImageService } from "./image-service.ts";

/**
 * Draws all pictures of a wish at once and tells of each as it goes. The first failure ends the other jobs
 * and is thrown: fewer pictures than were asked for would look like a whole answer.
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
  try {
    while (steps.size > 0) {
      const { job, result, failure } = await Promise.race(steps.values());
      if (result === undefined) throw failure;
      if (result.done === true) {
        steps.delete(job);
        continue;
      }
      steps.set(job, step(job));
      yield result.value;
    }
  } finally {
    linked.release();
    linked.abort();
    // Their places are free only when they have really ended. Why they ended is known already.
    await Promise.allSettled(jobs.map(async (job) => job.return?.()));
  }
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
  { signal, baseUrl }: CallContext,
): AsyncIterable<PictureEvent> {
  const { model, prompt, delivery, encoding } = request;
  let jobId = "";
  let revisedPrompt = "";

  async function deliver(image: ImageSource) {
    if (delivery === "link") return { kind: "link", url: images.publish(image, baseUrl, encoding) } as const;
    return { kind: "bytes", ...(await images.read(image, signal, encoding)) } as const;
  }

  for await (const event of drawImage(images, { model, prompt }, signal)) {
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
        yield {
          type: "picture",
          index,
          picture: { jobId, prompt: revisedPrompt, content: await deliver(event.image) },
        };
        break;
    }
  }
}
