import { describe, expect, test } from "vitest";

import {
  decodeImageResult,
  decodeImageStatus,
} from "../../../src/upstreams/akash-chat/decode-image-status.ts";
import { isImageName } from "../../../src/upstreams/akash-chat/image-name.ts";
import { readCaptures } from "./support/captures.ts";

const file = { type: "done", image: { kind: "file", name: "job_J_00001_.webp" } };
const queued = (status: string, queuePosition = 1) => ({ type: "running", status, queuePosition });

/** States by job id in every recorded status reply; `undefined`: it says nothing. */
const recorded: Readonly<Record<string, unknown>> = {
  "330-status-pending": { J: queued("pending") },
  "331-status-processing": { J: queued("processing", 0) },
  "332-status-succeeded": { J: file },
  "333-status-failed": { J: { type: "failed", reason: 'its status is "failed"' } },
  "334-status-waiting": { J: queued("waiting") },
  "335-status-unknown": {},
  "336-status-unknown-null": undefined,
  "337-status-unknown-404": undefined,
  "338-status-no-ids": undefined,
  "339-status-empty-ids": undefined,
  "341-status-injection": { A: queued("pending") },
  "342-status-mw-500": undefined,
  "343-status-mw-object": undefined,
  "344-status-mw-html": undefined,
  "345-status-noslash": undefined,
  "425-down-status": undefined,
  "726-down-status": undefined,
};

function decode(text: string): unknown {
  const states = decodeImageStatus(text);
  return states === undefined ? undefined : Object.fromEntries(states);
}

function entry(status: string, result: string | null): string {
  return JSON.stringify([{ job_id: "J", status, result, queue_position: 0, elapsed_time: 1 }]);
}

describe("image status", () => {
  const replies = readCaptures((capture) => capture.request.path.startsWith("/api/image-status"));

  test.each(replies.map((capture) => [capture.name, capture] as const))("%s", (name, capture) => {
    const short = name.split("/")[1] ?? "";
    if (short === "340-status-many") {
      expect(Object.keys(decode(capture.body.toString()) as object)).toEqual(["A", "B"]);
      return;
    }
    expect(Object.keys(recorded)).toContain(short);
    expect(decode(capture.body.toString())).toEqual(recorded[short]);
  });

  test.each(["succeeded", "completed", "Succeeded"])("%s is done", (status) => {
    expect(decode(entry(status, "/api/image/job_J_00001_.webp"))).toEqual({ J: file });
  });

  test.each(["failed", "cancelled", "timeout", "error"])("%s has failed", (status) => {
    expect(decode(entry(status, null))).toEqual({
      J: { type: "failed", reason: `its status is "${status}"` },
    });
  });

  test("a result that begins with Failed is a failure with a reason, whatever the status", () => {
    const reason = "Failed to load model on [address]";
    expect(decode(entry("succeeded", "Failed to load model on http://10.0.0.3:8188/x"))).toEqual({
      J: { type: "failed", reason },
    });
  });

  test("a word that is not known is still running; done without a result is not yet news", () => {
    expect(decode(entry("denoising", ""))).toEqual({ J: queued("denoising", 0) });
    expect(decode(entry("succeeded", ""))).toEqual({});
  });

  test("what is no list says nothing; entries that cannot be read are left out", () => {
    expect(decode('"Job not found: J"')).toBeUndefined();
    expect(decode("<html>")).toBeUndefined();
    expect(decode(`[null,{"job_id":5},${entry("pending", "").slice(1, -1)}]`)).toEqual({
      J: queued("pending", 0),
    });
  });
});

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";

describe("image result", () => {
  test.each([
    ["/api/image/job_727ef62f_00001_.webp", "job_727ef62f_00001_.webp"],
    ["/api/image/job.webp/", "job.webp"],
    ["https://chat.akash.network/api/image/job.webp?w=1", "job.webp"],
    ["https://host/prefix/api/image/job.webp", "job.webp"],
  ])("%s is the file %s", (result, name) => {
    expect(decodeImageResult(result)).toEqual({ kind: "file", name });
  });

  test.each([
    [`data:image/png;base64,${png}`, png],
    [`data:;base64,${png}`, png],
    [`data:image/png;charset="a b";base64,${png}`, png],
    ["data:image/png;base64,PGh0bWw+", "PGh0bWw+"],
    ["data:image/png;base64,", ""],
    [png, png],
    ["/9j/4AAQSkZJRgABAQEASABIAAD/2w==", "/9j/4AAQSkZJRgABAQEASABIAAD/2w=="],
    ["UklGRh4AAABXRUJQVlA4TBEAAAA=", "UklGRh4AAABXRUJQVlA4TBEAAAA="],
  ])("%s holds the bytes, whatever they are", (result, base64) => {
    expect(decodeImageResult(result)).toEqual({ kind: "bytes", bytes: Buffer.from(base64, "base64") });
  });

  test.each([
    "/api/image/..%2F..%2Fsecret",
    "/api/image/../secret",
    "https://elsewhere.example/pictures/1.webp",
    "done",
    "PGh0bWw+",
    "data:image/svg+xml;utf8,<svg/>",
  ])("%s is nothing that we show", (result) => {
    expect(decodeImageResult(result)).toBeUndefined();
  });
});

describe("image names", () => {
  test.each(["job_J_00001_.webp", "abc", "-x.png", "a.b-c_d.webp"])("%s is one", (name) => {
    expect(isImageName(name)).toBe(true);
  });
  test.each([
    "",
    ".",
    "..",
    ".env",
    "a..b",
    "a/b",
    "a\\b",
    "a%2Fb",
    "a?b",
    "a#b",
    "a b",
    "é",
    "a\n",
    "x".repeat(201),
  ])("%j is none", (name) => {
    expect(isImageName(name)).toBe(false);
  });
});
