import { z } from "zod";

import type { ImageSource } from "../upstream.ts";
import { isImageName } from "./image-name.ts";
import { redact } from "./redact.ts";

/** How one job stands. */
export type JobState =
  | { readonly type: "running"; readonly status: string; readonly queuePosition: number | undefined }
  | { readonly type: "done"; readonly image: ImageSource }
  | { readonly type: "failed"; readonly reason: string };

const entrySchema = z.object({
  job_id: z.string(),
  status: z.string(),
  result: z.string().nullish().catch(undefined),
  queue_position: z.number().nullish().catch(undefined),
});

const succeeded = new Set(["succeeded", "completed"]);
const failed = new Set(["failed", "cancelled", "canceled", "timeout", "error"]);

/**
 * Reads a reply of the status route: states by job id. Jobs that it does not mention, or whose entry cannot
 * be read, are missing. `undefined`: it is no list, so it says nothing of any job.
 */
export function decodeImageStatus(text: string): ReadonlyMap<string, JobState> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = z.array(z.unknown()).safeParse(value).data;
  return list === undefined
    ? undefined
    : new Map(
        list.flatMap((item) => {
          const entry = entrySchema.safeParse(item).data;
          const state = entry === undefined ? undefined : toState(entry);
          return entry === undefined || state === undefined ? [] : [[entry.job_id, state] as const];
        }),
      );
}

function toState(entry: z.output<typeof entrySchema>): JobState | undefined {
  const status = entry.status.toLowerCase();
  const result = entry.result ?? "";
  if (failed.has(status) || /^failed\b/i.test(result)) {
    return { type: "failed", reason: toReason(status, result) };
  }
  if (!succeeded.has(status)) {
    return { type: "running", status: entry.status, queuePosition: entry.queue_position ?? undefined };
  }
  // Done without a picture may be a moment between two writes: as good as not mentioned.
  if (result === "") return undefined;
  const image = decodeImageResult(result);
  return image === undefined
    ? { type: "failed", reason: "it says where the image is in a form that is not known" }
    : { type: "done", image };
}

function toReason(status: string, result: string): string {
  return result === "" || result.length > 500 ? `its status is "${redact(status)}"` : redact(result);
}

const signatures: readonly (readonly [prefix: string, mediaType: string])[] = [
  ["UklGR", "image/webp"],
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
];

/**
 * Where a finished job's image is: a path of the image route, alone or in an absolute URL; a data URL; or bare
 * base64 whose first bytes are those of an image. `undefined`: none of these.
 */
export function decodeImageResult(result: string): ImageSource | undefined {
  const data = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+=-]+)*;base64,/i.exec(result);
  if (data !== null) return toBytes(data[1] ?? "image/webp", result.slice(data[0].length));

  const path = /^(?:https?:\/\/[^/?#]+)?(?:\/[^?#]*)?\/api\/image\/([^/?#]+)\/?(?:[?#].*)?$/i.exec(
    result,
  )?.[1];
  if (path !== undefined) return isImageName(path) ? { kind: "file", name: path } : undefined;

  const signature = signatures.find(([prefix]) => result.startsWith(prefix));
  return signature === undefined ? undefined : toBytes(signature[1], result);
}

function toBytes(mediaType: string, base64: string): ImageSource | undefined {
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === 0 ? undefined : { kind: "bytes", mediaType, bytes };
}
