import type { ScriptedReply } from "../../../../src/simulator/index.ts";
import { deltas, type Fault, type Faults, never, normalEnd, page, secret, streamHead } from "./fault.ts";

type StreamError = NonNullable<ScriptedReply["error"]>;

/** The replies of a fault that has nothing to do with what is said. */
const plain = (reply: ScriptedReply): Fault => ({ chat: [reply] });
const says = (message: string) => plain({ error: { kind: "three", message } });
const atOnce = (error: StreamError) => plain({ text: deltas, error });
const mid = (error: StreamError, more: ScriptedReply = {}): Fault => ({
  within: (text) => ({ ...more, text, error }),
});
const raw = (bytes: string | Uint8Array): ScriptedReply => ({ raw: bytes });

/** Lines of the upstream's stream: these deltas, then something else. */
const lines = (text: readonly string[], rest: string) =>
  text.map((delta) => `0:${JSON.stringify(delta)}\n`).join("") + rest;
const afterThree = (rest: string): Fault => ({ within: (text) => raw(lines(text.slice(0, 3), rest)) });

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const events = (...parts: readonly object[]): ScriptedReply => ({
  ...raw(parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join("")),
  head: { headers: { "content-type": "text/event-stream", "x-vercel-ai-ui-message-stream": "v1" } },
});
const eventDelta = (delta: string) => ({ type: "text-delta", id: "0", delta });
const other = { protocol: "ui-message-stream" } as const;
/** More than the gateway reads of one answer. */
const tooLong = Buffer.alloc(68_000_000, "a");

/** In the stream: the head came with status 200. */
export const streamFaults: Faults = {
  // Before any text.
  "the back end fails": says("Service unavailable"),
  "the back end is busy": says("Rate limit reached for requests"),
  "the back end is busy for hours": says("Rate limit reached, please try again in 2h"),
  "the prompt is too long": says("This model's maximum context length is 8192 tokens"),
  "the back end does not know the model": says("Invalid model name passed in"),
  "a parameter is refused": says("Invalid argument for parameter topP: no"),
  "the model calls a tool that nobody offered": says("Model tried to call unavailable tool 'x'"),
  "a call in place of text": plain({ text: [], finishReason: "tool-calls" }),
  "a page in an error": says(`It said: ${page}`),
  "a key in an error": says(`Wrong key sk-${secret} at http://10.0.0.7/v1`),
  "a password and a path in an error": says("password=hunter2 refused at /srv/backend/auth.py:12"),
  "the back end is lost at once": atOnce({ kind: "terminated", afterDeltas: 0 }),
  "an end at once": atOnce({ kind: "early-end", afterDeltas: 0 }),
  "the connection is cut at once": atOnce({ kind: "cut", afterDeltas: 0 }),
  "silence at once": { ...plain({ text: deltas, gate: never }), silent: true },
  "an empty body": plain({ error: { kind: "empty" } }),
  "an empty answer for no reason": plain({ text: [], finishReason: "unknown" }),
  "another protocol": plain(raw("Hello, world\n")),
  "a page without its type": plain(raw(page)),

  // After some.
  "a failure": mid({ kind: "mid", afterDeltas: 3 }),
  "a failure with words": mid({ kind: "mid", afterDeltas: 3, message: "429 too many requests" }),
  "a failure after which the text goes on": mid({ kind: "mid", afterDeltas: 3, goesOn: true }),
  "the back end is lost": mid({ kind: "terminated", afterDeltas: 3 }),
  "an end without an end": mid({ kind: "early-end", afterDeltas: 3 }),
  "the connection is cut": mid({ kind: "cut", afterDeltas: 3 }),
  "the connection is cut in small pieces": mid({ kind: "cut", afterDeltas: 3 }, { chunkBytes: 2 }),
  silence: { within: (text) => ({ text, gate: never, gateAfter: 3 }), silent: true },
  "a part that is no JSON": afterThree(`0:{broken\n${normalEnd}`),
  "a line that is no part": afterThree(`Hello, world\n${normalEnd}`),
  "a page in the stream": afterThree(`${page}\n`),
  "a finish that is no JSON": afterThree("d:{broken\n"),
  "a step that is to be continued": afterThree('e:{"finishReason":"stop","isContinued":true}\n'),
  "a body shorter than announced": {
    within: (text) => ({
      error: {
        kind: "wire",
        bytes: `${streamHead}content-length: 5000\r\n\r\n${lines(text.slice(0, 3), "")}`,
      },
    }),
  },
  "a chunk of no size": {
    within: (text) => ({
      error: {
        kind: "wire",
        bytes: `${streamHead}transfer-encoding: chunked\r\n\r\n${chunk(lines(text.slice(0, 3), ""))}zz\r\n`,
      },
    }),
  },
  "an answer without end": { chat: [raw(tooLong)] },
  "the connection is cut after thinking": {
    chat: [{ text: deltas, reasoning: "Hm.", error: { kind: "cut", afterDeltas: 2 } }],
    said: "Eins ",
  },
  "the connection is cut while it thinks": {
    chat: [{ raw: lines(["<think>\nHm."], ""), error: { kind: "cut" } }],
  },
  "silence while it thinks": {
    chat: [{ text: ["<think>\nHm.", "x"], gate: never, gateAfter: 1 }],
    silent: true,
  },
  "the connection is cut while a tag may begin": {
    chat: [{ text: ["Eins <", "thi"], error: { kind: "cut" } }],
    said: "Eins <thi",
  },

  // After all of it.
  "no end after all of it": atOnce({ kind: "early-end" }),
  "an end for no reason": plain({ text: deltas, finishReason: "unknown" }),
  "an end because of an error": plain({ text: deltas, finishReason: "error" }),
  "a cut between the two frames of the end": plain({
    ...raw(lines(deltas, 'e:{"finishReason":"stop"}\n')),
    error: { kind: "cut" },
  }),

  // The event stream that later versions of the upstream's SDK send.
  "events: a failure": mid({ kind: "mid", afterDeltas: 3 }, other),
  "events: the connection is cut": mid({ kind: "cut", afterDeltas: 3 }, other),
  "events: an end without an end": mid({ kind: "early-end", afterDeltas: 3 }, other),
  "events: silence": { within: (text) => ({ ...other, text, gate: never, gateAfter: 3 }), silent: true },
  "events: an abort": {
    within: (text) => events(...text.slice(0, 3).map(eventDelta), { type: "abort" }),
  },
  "events: an event that is no JSON": {
    within: (text) => {
      const good = events(...text.slice(0, 3).map(eventDelta));
      return { ...good, raw: `${String(good.raw)}data: {broken\n\n` };
    },
  },
  "events: an end at once": plain(events()),

  // No failures.
  "the back end's own limit": plain({ text: deltas, finishReason: "length" }),
  "a filter": plain({ text: deltas, finishReason: "content-filter" }),
  "another reason": plain({ text: deltas, finishReason: "other" }),
  "a call beside the text": plain({ text: deltas, finishReason: "tool-calls" }),
  "one frame of the end only": plain(raw(lines(deltas, 'e:{"finishReason":"stop"}\n'))),
  "parts of an unknown kind": plain(raw(`2:[{"a":1}]\nz:"?"\n${lines(deltas, normalEnd)}`)),
  "bytes that are no UTF-8": {
    ...plain(raw(Buffer.concat([Buffer.from('0:"Eins '), Buffer.of(0xff), Buffer.from(`"\n${normalEnd}`)]))),
    said: "Eins \uFFFD",
  },
  "half a surrogate pair": { ...plain({ text: ["Eins \uD83D", "zwei"] }), said: "Eins \uFFFDzwei" },
};
