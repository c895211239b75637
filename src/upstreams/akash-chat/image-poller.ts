import { GatewayError } from "../../errors.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createAbortError, pause } from "../http/abort.ts";
import { decodeImageStatus, type JobState } from "./decode-image-status.ts";

/** How a status request ended: the body of a 200, or a refusal, which one bad id may cause for all. */
export type StatusReply = { readonly text: string } | { readonly refused: string };

/** What the poller is made from. */
export interface ImagePollerOptions {
  /** Asks for the state of several jobs at once. Rejects when the upstream cannot be reached. */
  readonly ask: (jobIds: readonly string[], signal: AbortSignal) => Promise<StatusReply>;
  /** The first interval; it grows to 5 s while nothing changes. */
  readonly intervalMs: number;
  readonly startTimer: StartTimer;
}

/** Watches all image jobs with one request per interval. */
export interface ImagePoller {
  /**
   * The states of a job, one per poll, `done` or `failed` last. Throws when the job stays unknown for more than
   * three polls in a row, and kind `aborted` as soon as the signal aborts; other jobs are not touched.
   */
  watch(jobId: string, signal: AbortSignal): AsyncGenerator<JobState, void, undefined>;
  close(): void;
}

interface Job {
  readonly id: string;
  misses: number;
  lastStatus: string;
  report(news: JobState | GatewayError): void;
}

const maxIntervalMs = 5000;
const growth = 1.25;
const maxMisses = 3;
/** Ids in one URL: about 2 kB. */
const maxIds = 50;

/** Creates the poller; it asks only while there are jobs. */
export function createImagePoller(options: ImagePollerOptions): ImagePoller {
  const jobs = new Set<Job>();
  let running: AbortController | undefined;
  let intervalMs = options.intervalMs;

  function miss(job: Job, reason: string): void {
    job.misses += 1;
    if (job.misses <= maxMisses) return;
    jobs.delete(job);
    job.report(new GatewayError("upstream-unavailable", `Akash Chat lost sight of the image: ${reason}`));
  }

  function tell(job: Job, state: JobState): void {
    job.misses = 0;
    const status = state.type === "running" ? `${state.status} ${state.queuePosition}` : state.type;
    if (status !== job.lastStatus) intervalMs = options.intervalMs;
    job.lastStatus = status;
    if (state.type !== "running") jobs.delete(job);
    job.report(state);
  }

  /** Asks for a group; a refusal may be due to one of them, so the group is halved until the culprit is alone. */
  async function poll(group: readonly Job[], signal: AbortSignal): Promise<void> {
    let reply: StatusReply;
    try {
      reply = await options.ask(
        group.map((job) => job.id),
        signal,
      );
    } catch (error) {
      const reason = error instanceof GatewayError ? error.message : "its status could not be asked.";
      if (!signal.aborted) for (const job of group) miss(job, reason);
      return;
    }
    const states = "text" in reply ? decodeImageStatus(reply.text) : undefined;
    if (states === undefined && group.length > 1) {
      const middle = Math.ceil(group.length / 2);
      await poll(group.slice(0, middle), signal);
      await poll(group.slice(middle), signal);
      return;
    }
    const reason = "refused" in reply ? reply.refused : "its status route does not know the job.";
    for (const job of group) {
      const state = states?.get(job.id);
      if (state === undefined) miss(job, reason);
      else tell(job, state);
    }
  }

  async function run(controller: AbortController): Promise<void> {
    const { signal } = controller;
    while (jobs.size > 0 && !signal.aborted) {
      await pause(intervalMs, signal, options.startTimer);
      intervalMs = Math.max(options.intervalMs, Math.min(maxIntervalMs, intervalMs * growth));
      const waiting = [...jobs];
      for (let start = 0; start < waiting.length; start += maxIds) {
        await poll(waiting.slice(start, start + maxIds), signal);
      }
    }
  }

  function start(): void {
    intervalMs = options.intervalMs;
    if (running !== undefined) return;
    const controller = new AbortController();
    running = controller;
    run(controller)
      .catch((error: unknown) => {
        // Rejects only when it is stopped, with no job left to tell; anything else is every job's error.
        if (controller.signal.aborted) return;
        const failure = new GatewayError("internal", "The image status could not be followed.", {
          cause: error,
        });
        for (const job of jobs) job.report(failure);
        jobs.clear();
      })
      .finally(() => {
        if (running === controller) running = undefined;
        if (running === undefined && jobs.size > 0) start();
      });
  }

  function stopIfIdle(): void {
    if (jobs.size > 0) return;
    running?.abort();
    running = undefined;
  }

  return {
    async *watch(jobId, signal) {
      const news: (JobState | GatewayError)[] = [];
      let wake: (() => void) | undefined;
      const job: Job = {
        id: jobId,
        misses: 0,
        lastStatus: "",
        report(item) {
          news.push(item);
          wake?.();
        },
      };
      const leave = (): void => job.report(createAbortError());
      if (signal.aborted) throw createAbortError();
      signal.addEventListener("abort", leave, { once: true });
      jobs.add(job);
      start();
      try {
        for (;;) {
          const item = news.shift();
          if (signal.aborted) throw createAbortError();
          if (item instanceof GatewayError) throw item;
          if (item !== undefined) {
            yield item;
            if (item.type !== "running") return;
          } else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        signal.removeEventListener("abort", leave);
        jobs.delete(job);
        stopIfIdle();
      }
    },
    close() {
      for (const job of jobs) job.report(createAbortError());
      jobs.clear();
      stopIfIdle();
    },
  };
}
