import type { ScriptedEdgeError, ScriptedImage } from "../../../../src/simulator/index.ts";
import {
  deltas,
  type Fault,
  type Faults,
  htmlPage,
  http,
  instead,
  lasting,
  never,
  page,
  secret,
  spentBefore,
  eachTime,
} from "./fault.ts";

const statusPath = "/api/image-status";
const filePath = "/api/image/picture.webp";

const job = (image: Omit<ScriptedImage, "prompt">): Fault => ({
  chat: [{ image: { prompt: "x", ...image } }],
});
/** A job that goes well, with a fault of the route where its state is asked. */
const watched = (error: ScriptedEdgeError): Fault => ({
  ...job({ statuses: ["succeeded"] }),
  elsewhere: eachTime(statusPath, error),
});
/** A picture that is drawn, with a fault of its file. */
const file = (error: ScriptedEdgeError): Fault => ({
  ...job({ statuses: ["succeeded"], result: { text: filePath } }),
  elsewhere: eachTime(filePath, error),
});
const webp = (bytes: string): ScriptedEdgeError => ({
  kind: "http",
  status: 200,
  contentType: "image/webp",
  body: bytes,
});

/** The order of a picture, which a small model takes. */
export const orderFaults: Faults = {
  "the small model fails": { chat: [{ error: { kind: "image", message: page } }] },
  "the picture workers take no job": job({ jobId: "undefined" }),
  "the job has an unsafe name": job({ jobId: "../a?b" }),
  "the wish is not understood": {
    chat: [{ error: { kind: "three", message: "Invalid model name passed in model=AkashGen" } }],
  },
  "a text in place of a picture": { chat: [{ text: deltas }] },
  "the order breaks off": {
    chat: [{ raw: "0:\"<image_generation> jobId='a' prom", error: { kind: "cut" } }],
  },
  "the order ends early": { chat: [{ raw: "0:\"<image_generation> jobId='a' prom" }] },
  "the order is not answered": { ...instead({ kind: "hang" }), silent: true },
  "the order's reply stops": { chat: [{ text: deltas, gate: never, gateAfter: 1 }], silent: true },
  "the order's connection is closed": instead({ kind: "refuse" }),
  "the order meets a proxy's 502": instead(htmlPage(502)),
  "the order meets a challenge": instead({ kind: "html" }),
  "the order meets the usage limit": lasting({ kind: "usage" }),
  "a chat met the usage limit before": spentBefore,
  "the order meets 429": instead(http(429, "", { "retry-after": "7" })),
  "the order's back end is busy": { chat: [{ error: { kind: "three", message: "Rate limit reached" } }] },
};

/** A job that was accepted. */
export const drawingFaults: Faults = {
  "the job fails": job({ statuses: ["waiting", "failed"] }),
  "the job fails with words": job({
    statuses: ["failed"],
    result: { text: `Failed: sk-${secret} is no key` },
  }),
  "the job is cancelled": job({ statuses: ["pending", "cancelled"] }),
  "the job is lost": job({ statuses: ["missing"] }),
  "the job is not there yet": job({ statuses: [404, "not-found-text", "missing", "succeeded"] }),
  "the job's state answers 500": job({ statuses: [500] }),
  "the job's state is a page": watched(htmlPage(200)),
  "the job's state is behind a challenge": watched({ kind: "html" }),
  "the job's state is not answered": { ...watched({ kind: "hang" }), silent: true },
  "the job's state is not to be had (connection closed)": watched({ kind: "refuse" }),
  "the job never ends": { ...job({ statuses: ["pending"] }), env: { IMAGE_TIMEOUT_MS: "1000" } },
  "the job is in a state of no known name": {
    ...job({ statuses: ["dreaming"] }),
    env: { IMAGE_TIMEOUT_MS: "1000" },
  },
  "the job is done without a picture": job({ statuses: ["succeeded"], result: { text: "" } }),
  "the job is done with a picture of no known form": job({ statuses: ["succeeded"], result: { text: "?!" } }),
};

/** The file of a picture that was drawn. */
export const fileFaults: Faults = {
  "the file is not there": file({ kind: "http", status: 404, body: { error: "Image not found" } }),
  "the file's route answers 500": file(http(500, { error: "No" })),
  "the file is a page": file(htmlPage(200)),
  "the file is behind a challenge": file({ kind: "html" }),
  "the file has no bytes": file(webp("")),
  "the file is no picture": file(webp("RIFF, or so it says")),
  "the file breaks off": file({
    kind: "wire",
    bytes: "HTTP/1.1 200 OK\r\ncontent-type: image/webp\r\ncontent-length: 500\r\n\r\nRIFF",
  }),
  "the file does not come": { ...file({ kind: "hang" }), silent: true },
  "the file's connection is closed": file({ kind: "refuse" }),
};
