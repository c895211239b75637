import { createHash } from "node:crypto";

import { pictureOf } from "./pictures.ts";
import { emptyReply, jsonReply, type Call, type HttpReply, type Pieces } from "./reply.ts";
import type { ScriptedFile } from "./types.ts";
import type { ImageJob, World } from "./world.ts";

/** A job's story when its script tells none. */
const DEFAULT_STATUSES: readonly (string | number)[] = ["waiting", "pending", "succeeded"];
const DONE = ["succeeded", "completed"];

/** GET /api/image-status?ids=a,b: the image back end's words, passed through. No session is asked for. */
export async function imageStatusRoute(call: Call, world: World): Promise<HttpReply> {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  // Ids are handed on unescaped, so what follows an ampersand is another parameter to the back end.
  const [given = ""] = (call.query.get("ids") ?? "").split("&");
  const ids = given.split(",").filter((id) => id !== "");
  if (ids.length === 0) return jsonReply(400, { error: "No job IDs provided" });
  const entries: object[] = [];
  for (const id of ids) {
    const job = world.jobs.get(id);
    if (job === undefined) continue;
    await job.script.pollGate;
    const statuses = job.script.statuses ?? DEFAULT_STATUSES;
    const status = statuses[Math.min(job.polls, statuses.length - 1)] ?? "pending";
    job.polls += 1;
    if (typeof status === "number") {
      return jsonReply(status, { error: `Middleware error: ${status}` });
    }
    if (status === "broken") return jsonReply(500, { error: "Failed to check image status" });
    if (status === "missing") continue;
    if (status === "not-found-text") return passedThrough(`Job not found: ${id}`);
    entries.push(statusEntry(job, status, world));
  }
  return passedThrough(entries);
}

/** GET /api/image/<file>. */
export function imageFileRoute(call: Call, world: World): HttpReply {
  if (call.method !== "GET" && call.method !== "HEAD") return emptyReply(405);
  const name = decodeURIComponent(call.path.replace(/^\/api\/image\//, "").replace(/\/$/, ""));
  const job = [...world.jobs.values()].find(({ fileName }) => fileName === name);
  if (job === undefined) return jsonReply(404, { error: "Image not found" });
  if (job.script.file !== undefined) return scriptedFile(job.script.file, job.id);
  const bytes = pictureOf(job.id);
  const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
  const headers = { "cache-control": "public, max-age=31536000", etag };
  if (call.headers["if-none-match"] === etag) {
    return { kind: "http", status: 304, headers, body: "" };
  }
  return {
    kind: "http",
    status: 200,
    headers: { ...headers, "content-type": "image/webp" },
    body: bytes,
  };
}

function scriptedFile(file: ScriptedFile, jobId: string): HttpReply {
  const headers: Record<string, string> = {
    "cache-control": "public, max-age=31536000",
    "content-type": file.contentType ?? "image/webp",
  };
  if (file.contentLength !== undefined) headers["content-length"] = String(file.contentLength);
  return { kind: "http", status: 200, headers, body: filePieces(file, jobId) };
}

async function* filePieces(file: ScriptedFile, jobId: string): Pieces {
  const { body = pictureOf(jobId) } = file;
  if (!(body instanceof Uint8Array)) yield* body;
  else if (body.length > 0) yield body;
  return file.cut === true ? "cut" : "end";
}

/** JSON under a text content type: that is how the app passes the back end's words on. */
function passedThrough(body: unknown): HttpReply {
  return {
    kind: "http",
    status: 200,
    headers: { "content-type": "text/plain;charset=UTF-8" },
    body: JSON.stringify(body),
  };
}

function statusEntry(job: ImageJob, status: string, world: World): object {
  const done = DONE.includes(status);
  const working = done || !["waiting", "pending"].includes(status);
  return {
    job_id: job.id,
    worker_name: working ? "akash-worker-01" : "",
    worker_city: working ? "Prague" : "",
    worker_country: working ? "Czechia" : "",
    status,
    result: done || status === "failed" ? resultOf(job, status, world) : "",
    worker_gpu: working ? "RTX4090" : "",
    elapsed_time: job.polls - 1,
    queue_position: working ? 0 : 1,
  };
}

function resultOf(job: ImageJob, status: string, world: World): string {
  const { result = "path" } = job.script;
  if (typeof result === "object") return result.text;
  if (status === "failed") return "";
  const { file } = job.script;
  const bytes = file?.body instanceof Uint8Array ? file.body : pictureOf(job.id);
  const base64 = Buffer.from(bytes).toString("base64");
  switch (result) {
    case "path":
      return `/api/image/${job.fileName}`;
    case "absolute":
      return `${world.origin}/api/image/${job.fileName}`;
    case "base64":
      return base64;
    default:
      return `data:${file?.contentType ?? "image/webp"};base64,${base64}`;
  }
}
