import type { ScriptedReply } from "../../src/simulator/index.ts";

/** A way for the upstream to fail. */
export interface Fault {
  readonly script: ScriptedReply;
  /** Only the first try meets it, and the gateway mends it: the client gets a whole answer. */
  readonly mended?: true;
}

const fails = (error: NonNullable<ScriptedReply["error"]>): Fault => ({ script: { error } });
const once = (error: NonNullable<ScriptedReply["error"]>): Fault => ({ script: { error }, mended: true });
const page = "<html><body>out of order</body></html>";

/** Every way of failing that the simulator knows. */
export const faults: Readonly<Record<string, Fault>> = {
  "three, unavailable": fails({ kind: "three", message: "Service unavailable" }),
  "three, busy": fails({ kind: "three", message: "Rate limit reached for requests" }),
  "three, too long": fails({
    kind: "three",
    message: "This model's maximum context length is 8192 tokens",
  }),
  "three, native call": fails({
    kind: "three",
    message: "Model tried to call unavailable tool 'other'. No tools are available.",
  }),
  mid: fails({ kind: "mid", afterDeltas: 2 }),
  "mid, goes on": fails({ kind: "mid", afterDeltas: 1, goesOn: true }),
  terminated: fails({ kind: "terminated", afterDeltas: 2 }),
  "early end": fails({ kind: "early-end", afterDeltas: 2 }),
  "early end, empty": fails({ kind: "early-end", afterDeltas: 0 }),
  cut: fails({ kind: "cut", afterDeltas: 2 }),
  "cut, empty": fails({ kind: "cut", afterDeltas: 0 }),
  unfinished: { script: { finishReason: "unknown" } },
  refuse: fails({ kind: "refuse" }),
  "refuse, once": once({ kind: "refuse" }),
  hang: fails({ kind: "hang" }),
  "400": fails({ kind: "http", status: 400, body: "Bad request" }),
  "404": fails({ kind: "http", status: 404, body: { error: "Not found" } }),
  "429": fails({ kind: "http", status: 429, body: "Too many requests", headers: { "retry-after": "1" } }),
  "500": fails({ kind: "http", status: 500, body: { error: "Internal" } }),
  "502": fails({ kind: "http", status: 502, body: page, contentType: "text/html" }),
  "502, once": once({ kind: "http", status: 502, body: page, contentType: "text/html" }),
  "503": fails({ kind: "http", status: 503, body: { error: "Busy" }, headers: { "retry-after": "1" } }),
  "504": fails({ kind: "http", status: 504, body: page, contentType: "text/html" }),
  "page 200": fails({ kind: "html", status: 200 }),
  "page 403": fails({ kind: "html" }),
  "page 503": fails({ kind: "html", status: 503 }),
  "empty 200": fails({ kind: "empty" }),
  "empty 500": fails({ kind: "empty", status: 500 }),
  session: fails({ kind: "session" }),
  model: fails({ kind: "model" }),
  "model, none": fails({ kind: "model", available: [] }),
  // Its budget is new again at once: until then the gateway would ask nothing more, whoever wants it.
  usage: fails({ kind: "usage", resetAt: 1 }),
  "no stream": { script: { raw: "This is no stream.\n" } },
  "broken frame": { script: { raw: 'f:{"messageId":"msg-1"}\n0:"never closed\n' } },
};

/** How an image fails, besides by what stands in place of a whole reply. */
export const imageFaults: Readonly<Record<string, Fault>> = {
  "image refused": fails({ kind: "image", message: "The workers are away" }),
  "image failed": { script: { image: { prompt: "A picture", statuses: ["waiting", "failed"] } } },
  "image lost": { script: { image: { prompt: "A picture", statuses: ["waiting", 404] } } },
  "image without job": { script: { image: { prompt: "A picture", jobId: "undefined" } } },
  "500": fails({ kind: "http", status: 500, body: { error: "Internal" } }),
  refuse: fails({ kind: "refuse" }),
};
