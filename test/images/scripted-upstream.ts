import { GatewayError } from "../../src/errors.ts";
import type {
  ImageEvent,
  ImageFile,
  ImageRequest,
  ImageSource,
  PictureUpstream,
} from "../../src/upstreams/upstream.ts";

/** A picture job of the test: goes on when the test says so. */
export interface ScriptedJob {
  readonly request: ImageRequest;
  readonly signal: AbortSignal;
  finish(image?: ImageSource): void;
  fail(error: Error): void;
}

/** An upstream whose image jobs the test moves on, and whose files it sets. */
export interface ScriptedUpstream extends PictureUpstream {
  readonly jobs: ScriptedJob[];
  readonly opened: string[];
  readonly files: Map<string, Uint8Array>;
  /** Resolves when the job of this number has begun. */
  started(count: number): Promise<void>;
}

export function createScriptedUpstream(): ScriptedUpstream {
  const jobs: ScriptedJob[] = [];
  const opened: string[] = [];
  const files: ScriptedUpstream["files"] = new Map();
  const watchers = new Set<() => void>();

  return {
    defaultModel: "AkashGen",
    jobs,
    opened,
    files,
    async started(count) {
      while (jobs.length < count) {
        await new Promise<void>((resolve) => watchers.add(resolve));
      }
    },
    async *makeImage(request, signal): AsyncIterable<ImageEvent> {
      const number = jobs.length + 1;
      const image = await new Promise<ImageSource>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new GatewayError("aborted", "The client left.")));
        jobs.push({
          request,
          signal,
          finish: (source = { kind: "file", name: `job_${number}.webp` }) => resolve(source),
          fail: reject,
        });
        for (const watcher of watchers) watcher();
        watchers.clear();
      });
      yield { type: "accepted", jobId: `job-${number}`, prompt: `revised ${number}`, negativePrompt: "" };
      yield { type: "progress", status: "pending", queuePosition: 1, elapsedMs: 10 };
      yield { type: "done", image };
    },
    async openImage(name): Promise<ImageFile> {
      opened.push(name);
      const file = files.get(name);
      if (file === undefined) throw new GatewayError("not-found", "Image not found");
      return {
        status: 200,
        etag: undefined,
        contentLength: undefined,
        body: cut(file),
      };
    },
  };
}

async function* cut(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}
