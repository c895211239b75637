import { GatewayError } from "../../errors.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { ImageEvent, ImageRequest } from "../upstream.ts";
import { throwIfAborted } from "../http/abort.ts";
import { createTimeoutError } from "./names.ts";
import { decodeImageTag, type ImageTag } from "./decode-image-tag.ts";
import { createDataStreamDecoder } from "./decode-stream.ts";
import type { ImagePoller } from "./image-poller.ts";

/** What making an image needs. */
export interface MakeImageOptions {
  /** Sends the wish and resolves with the whole body of the reply. */
  readonly ask: (signal: AbortSignal) => Promise<string>;
  readonly poller: ImagePoller;
  /** How long a job may take once it is accepted. */
  readonly timeoutMs: number;
  readonly startTimer: StartTimer;
  readonly now: () => number;
}

/** Characters of job ids seen so far are those of UUIDs; anything else could reach into the upstream's own query. */
const jobIdForm = /^[A-Za-z0-9._-]{1,200}$/;
const unknownModel = /invalid model name/i;

/** Makes one image: the upstream accepts a job, the job is watched to its end. `abort` must abort `signal`. */
export async function* makeImage(
  request: ImageRequest,
  options: MakeImageOptions,
  signal: AbortSignal,
): AsyncGenerator<ImageEvent, void, undefined> {
  const tag = parseAcceptance(await options.ask(signal), request.model);
  throwIfAborted(signal);
  const acceptedAt = options.now();
  yield { type: "accepted", ...tag };

  const deadline = new AbortController();
  const stop = options.startTimer(options.timeoutMs, () => deadline.abort());
  const leave = (): void => deadline.abort();
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  try {
    for await (const state of options.poller.watch(tag.jobId, deadline.signal)) {
      if (state.type === "failed") {
        throw new GatewayError(
          "upstream-unavailable",
          `Akash Chat could not make the image: ${state.reason}`,
        );
      }
      if (state.type === "done") yield state;
      else {
        yield {
          type: "progress",
          status: state.status,
          queuePosition: state.queuePosition,
          elapsedMs: options.now() - acceptedAt,
        };
      }
    }
  } catch (error) {
    if (deadline.signal.aborted && !signal.aborted) {
      throw new GatewayError(
        "upstream-timeout",
        `The image was not ready after ${Math.round(options.timeoutMs / 1000)} s. Try again later.`,
        { cause: createTimeoutError(error) },
      );
    }
    throw error;
  } finally {
    stop();
    signal.removeEventListener("abort", leave);
  }
}

/** Reads the reply to a wish. Text in place of a job is kind `image-declined`, with that text as its `answer`. */
function parseAcceptance(body: string, model: string): ImageTag {
  const tag = decodeImageTag(body);
  if (tag === undefined) throw toDeclined(body, model);
  if (tag.jobId === "" || tag.jobId === "undefined") {
    throw new GatewayError(
      "upstream-unavailable",
      "Akash Chat's image workers did not take the job. Try again later.",
    );
  }
  if (!jobIdForm.test(tag.jobId)) {
    throw new GatewayError(
      "upstream-protocol",
      "Akash Chat names the image job in a form that is not safe to use.",
    );
  }
  return tag;
}

function toDeclined(body: string, model: string): GatewayError {
  const decoder = createDataStreamDecoder(model);
  for (const line of body.split("\n")) decoder.push(line.endsWith("\r") ? line.slice(0, -1) : line);
  decoder.end();
  const text = decoder
    .take()
    .map((event) => (event.type === "block-delta" ? event.text : ""))
    .join("")
    .trim();
  const { failure } = decoder;
  const report = failure?.message ?? "";
  // Newer instances ask the back end for a model "AkashGen" when the wish was not taken for one.
  const unknownToBackEnd = unknownModel.test(report) && report.includes(model);
  if (failure !== undefined && !unknownToBackEnd) {
    // An older instance whose image workers fail asks its back end for a chat model of that name: the caller's
    // model is right all the same.
    return failure.kind === "model-not-found"
      ? new GatewayError("upstream-unavailable", failure.message, { cause: failure.cause })
      : failure;
  }
  const words =
    text === ""
      ? "it did not take the request for the wish of an image. Say what the picture shall show."
      : text;
  return new GatewayError("image-declined", `Akash Chat made no image: ${words}`, {
    answer: text === "" ? undefined : text,
  });
}
