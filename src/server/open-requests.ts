import type { ServerResponse } from "node:http";

import type { Waiting } from "../model/call-watch.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { toClientName } from "../ledger/to-ledger-row.ts";
import type { AnswerFacts } from "./answer-facts.ts";
import { InFlight } from "./in-flight.ts";

/** A request, or a background response, that has not ended. */
export interface OpenRequest {
  readonly facts: AnswerFacts;
  /** `undefined` for a background response, which nobody waits for. */
  readonly response: ServerResponse | undefined;
}

/** What the log says of a request that has not been answered. */
export interface UnderWay {
  readonly reqId: string;
  readonly request: string;
  readonly waitsFor: Waiting;
  readonly ms: number;
}

/** A request for an answer that is under way, for whoever looks at the gateway: nothing of what was asked, no key, no address. */
export interface OpenNow {
  readonly id: string;
  readonly route: string;
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  /** Of the key that asks. */
  readonly key: { readonly id: string; readonly name: string } | undefined;
  /** The client's `user-agent`. */
  readonly client: string | undefined;
  readonly stream: boolean;
  readonly background: boolean;
  readonly waitsFor: Waiting;
  readonly firstTokenMs: number | undefined;
  readonly ms: number;
}

/** How much is under way. */
export interface OpenCounts {
  /** Requests and background responses, by what they wait for. */
  readonly waiting: Readonly<Record<Waiting, number>>;
  /** Answers that are streamed. */
  readonly streams: number;
  readonly background: number;
}

/** All that is under way, and a warning for what stands still. */
export interface OpenRequests {
  /** Watches a request; what it returns ends that, once the request has ended. */
  add(request: OpenRequest): () => void;
  /** The requests under way, oldest first, for the log. Without background responses, which nobody waits for. */
  list(): readonly UnderWay[];
  /** Requests for answers and background responses, oldest first. */
  look(): readonly OpenNow[];
  /** How many are under way, and what they wait for. */
  counts(): OpenCounts;
  /** Ends the watch: nothing is warned of any more. */
  close(): void;
}

/** One look at all requests; what they are told to be silent for is right up to this. */
const lookMs = 15_000;
/** After so many looks in silence a request is warned of, then after twice as many, and so on. */
const firstWarning = 4;

const words: Readonly<Record<Waiting, string>> = {
  "request-body": "the rest of the request's body",
  gateway: "the gateway itself (the list of models, a linked picture, a count)",
  "upstream-session": "a session at the upstream",
  "upstream-first-byte": "the first byte of the answer",
  "upstream-next-byte": "the next byte of the answer",
  "upstream-loading": "the model, which its server is loading",
  "image-slot": "its turn among the image jobs (IMAGE_CONCURRENCY)",
  "image-job": "the image job",
  "background-response": "the background response",
  client: "the client, which does not read",
};

const noneWaits: Readonly<Record<Waiting, number>> = {
  "request-body": 0,
  gateway: 0,
  "upstream-session": 0,
  "upstream-first-byte": 0,
  "upstream-next-byte": 0,
  "upstream-loading": 0,
  "image-slot": 0,
  "image-job": 0,
  "background-response": 0,
  client: 0,
};

interface Watched {
  readonly request: OpenRequest;
  pulse: string;
  silentLooks: number;
  nextWarning: number;
}

/** What a request waits for. Of the two ends of its connection Node knows more than those who work on the answer. */
function waitingOf({ facts, response }: OpenRequest): Waiting {
  if (response === undefined) return facts.waiting;
  if (response.writableEnded || response.writableNeedDrain) return "client";
  return response.req.complete ? facts.waiting : "request-body";
}

function toOpenNow(request: OpenRequest): OpenNow {
  const { facts, response } = request;
  const { caller } = facts;
  return {
    id: facts.id,
    route: facts.text,
    model: facts.model,
    upstream: facts.upstream,
    key: caller.kind === "key" ? { id: caller.key.id, name: caller.key.name } : undefined,
    client: toClientName(response?.req.headers["user-agent"]),
    stream: facts.stream === true,
    background: response === undefined,
    waitsFor: waitingOf(request),
    firstTokenMs: facts.firstTokenMs === undefined ? undefined : Math.round(facts.firstTokenMs),
    ms: Math.round(performance.now() - facts.begun),
  };
}

/** Changes with all that moves. */
function pulseOf({ facts, response }: OpenRequest, waiting: Waiting): string {
  if (waiting === "client") return `${facts.moves} ${response?.writableLength}`;
  if (waiting === "request-body") return `${facts.moves} ${response?.req.socket.bytesRead}`;
  return String(facts.moves);
}

/** The timer of the next look. */
type Clock = { readonly state: "idle" | "closed" } | { readonly state: "running"; readonly stop: () => void };

/** Creates the watch. One timer for all: a request costs it an entry in a list. */
export function createOpenRequests(startTimer: StartTimer): OpenRequests {
  const watched = new InFlight<Watched>();
  let clock: Clock = { state: "idle" };

  function look(): void {
    clock = { state: "idle" };
    for (const state of watched) {
      const { request } = state;
      const waiting = waitingOf(request);
      const pulse = pulseOf(request, waiting);
      if (pulse !== state.pulse) {
        Object.assign(state, { pulse, silentLooks: 0, nextWarning: firstWarning });
        continue;
      }
      state.silentLooks += 1;
      if (state.silentLooks < state.nextWarning) continue;
      state.nextWarning *= 2;
      warn(request, waiting, state.silentLooks * lookMs);
    }
    plan();
  }

  /** Runs on while there is something to look at, rather than being started and stopped by each short request. */
  function plan(): void {
    if (clock.state === "idle" && watched.size > 0) {
      clock = { state: "running", stop: startTimer(lookMs, look) };
    }
  }

  return {
    add(request) {
      const remove = watched.add({ request, pulse: "", silentLooks: 0, nextWarning: firstWarning });
      plan();
      return remove;
    },
    list: () =>
      [...watched]
        .map(({ request }) => request)
        .filter(({ response }) => response !== undefined)
        .toSorted((one, other) => one.facts.begun - other.facts.begun)
        .map((request) => ({
          reqId: request.facts.id,
          request: request.facts.text,
          waitsFor: waitingOf(request),
          ms: Math.round(performance.now() - request.facts.begun),
        })),
    look: () =>
      [...watched]
        .map(({ request }) => request)
        .filter(({ facts }) => facts.dialect !== undefined)
        .toSorted((one, other) => one.facts.begun - other.facts.begun)
        .map(toOpenNow),
    counts() {
      const waiting = { ...noneWaits };
      let [streams, background] = [0, 0];
      for (const { request } of watched) {
        waiting[waitingOf(request)] += 1;
        if (request.response === undefined) background += 1;
        else if (request.facts.stream === true) streams += 1;
      }
      return { waiting, streams, background };
    },
    close() {
      if (clock.state === "running") clock.stop();
      clock = { state: "closed" };
    },
  };
}

function warn({ facts }: OpenRequest, waitsFor: Waiting, silentMs: number): void {
  const { text, model, upstream, log } = facts;
  const openMs = Math.round(performance.now() - facts.begun);
  log.warn(
    { event: "silent", waitsFor, silentMs, openMs, model, upstream },
    `${text}: silent for ${silentMs / 1000} s, waits for ${words[waitsFor]}`,
  );
}
