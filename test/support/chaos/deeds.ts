import { htmlPage, type CompatibleScript } from "../../../src/simulator/compatible/index.ts";
import type { ScriptedReply } from "../../../src/simulator/index.ts";

/** What an upstream does with one request. */
export interface Deed {
  readonly name: string;
  /** `whole`: the answer; `part`: its beginning, and then a failure; `none`: not a word of it. */
  readonly gives: "whole" | "part" | "none";
  /** As a server with OpenAI's API does it. */
  readonly compatible: (pieces: readonly string[], after: number) => CompatibleScript;
  /** As Akash Chat does it. */
  readonly akash: (pieces: readonly string[], after: number) => ScriptedReply;
}

type ErrorOf = NonNullable<ScriptedReply["error"]>;

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Deed => ({
  name: [code, ...Object.keys(headers)].join(" with "),
  gives: "none",
  compatible: () => ({ kind: "error", status: code, headers }),
  akash: () => ({ error: { kind: "http", status: code, body: { error: `Error ${code}` }, headers } }),
});

const silence = (kind: "hang" | "refuse" | "reset"): Deed => ({
  name: kind,
  gives: "none",
  compatible: () => ({ kind }),
  akash: () => ({ error: { kind: kind === "hang" ? "hang" : "refuse" } }),
});

const page = (code: number): Deed => ({
  name: `page ${code}`,
  gives: "none",
  compatible: () => ({ ...htmlPage(code), status: code }),
  akash: () => ({ error: { kind: "html", status: code } }),
});

/** The connection or the answer ends behind its first pieces. */
const broken = (how: "end" | "cut" | "reset", akash: (afterDeltas: number) => ErrorOf): Deed => ({
  name: `answer and ${how}`,
  gives: "part",
  compatible: (text, after) => ({ kind: "answer", text, breaks: { after, how } }),
  akash: (text, after) => ({ text, error: akash(after) }),
});

const answer: Deed = {
  name: "answer",
  gives: "whole",
  compatible: (text) => ({ kind: "answer", text }),
  akash: (text) => ({ text }),
};

/** All that upstreams do; answers are common, silences cost a second each. */
export const deeds: readonly Deed[] = [
  ...Array.from({ length: 8 }, () => answer),
  status(400),
  status(401),
  status(402),
  status(403),
  status(404),
  status(408),
  status(429),
  status(429, { "retry-after": "30" }),
  status(500),
  status(503),
  status(503, { "retry-after": "20" }),
  status(504),
  status(529),
  page(200),
  page(502),
  page(503),
  silence("refuse"),
  silence("reset"),
  silence("hang"),
  broken("end", (afterDeltas) => ({ kind: "early-end", afterDeltas })),
  broken("cut", (afterDeltas) => ({ kind: "cut", afterDeltas })),
  broken("reset", (afterDeltas) => ({ kind: "terminated", afterDeltas })),
  {
    name: "answer and an error",
    gives: "part",
    compatible: (text, after) => ({
      kind: "answer",
      text,
      breaks: { after, how: { status: 500, message: "The engine died" } },
    }),
    akash: (text, after) => ({ text, error: { kind: "mid", afterDeltas: after } }),
  },
  {
    name: "answer and silence",
    gives: "part",
    compatible: (text, after) => ({ kind: "answer", text, breaks: { after, how: "open" } }),
    akash: (text, after) => ({ text, gate: new Promise(() => {}), gateAfter: after }),
  },
];
