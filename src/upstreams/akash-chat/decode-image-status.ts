import { z } from "zod";

import { detectPictureFormat, headLength } from "../../model/picture-format.ts";
import type { ImageSource } from "../upstream.ts";
import { isImageName } from "./image-name.ts";
import { redact } from "../http/redact.ts";

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

/** Characters of base64 that hold the first bytes of a picture. */
const base64HeadLength = Math.ceil(headLength / 3) * 4;

/**
 * Where a finished job's image is: a path of the image route, alone or in an absolute URL; a data URL, whatever type
 * it claims; or bare base64 whose first bytes are those of a picture. `undefined`: none of these.
 */
export function decodeImageResult(result: string): ImageSource | undefined {
  const data = /^data:[^,;]*(?:;[^,;]*)*;base64,/i.exec(result);
  if (data !== null) return toBytes(result.slice(data[0].length));

  const path = /^(?:https?:\/\/[^/?#]+)?(?:\/[^?#]*)?\/api\/image\/([^/?#]+)\/?(?:[?#].*)?$/i.exec(
    result,
  )?.[1];
  if (path !== undefined) return isImageName(path) ? { kind: "file", name: path } : undefined;

  const head = Buffer.from(result.slice(0, base64HeadLength), "base64");
  return detectPictureFormat(head) === undefined ? undefined : toBytes(result);
}

function toBytes(base64: string): ImageSource {
  return { kind: "bytes", bytes: Buffer.from(base64, "base64") };
}
