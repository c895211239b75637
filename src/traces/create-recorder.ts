import type { Attempt } from "../model/attempt.ts";
import type { EventBatch } from "../model/events.ts";
import type { Mutable } from "../model/mutable.ts";
import type { SentRequest, TraceWatch, TurnEnd, TurnWatch } from "../model/trace-watch.ts";
import { alignParts } from "./align-parts.ts";
import { type Arrivals, createArrivals } from "./create-arrivals.ts";
import { findVerdict } from "./find-verdict.ts";
import { createRedactor, redactHeaders } from "./redact.ts";
import type { RawSegment, Trace, TracedBlock, TracedExchange, TracedText, TracedTurn } from "./trace.ts";

/** UTF-16 units of one text of a trace: a body, or what a model said in a turn. */
const longestText = 262_144;
/** Of a repair or a failover there are few; more of either is a loop that the first ones explain. */
const mostTurns = 16;
const mostExchanges = 32;

/** What a trace is begun with. */
export interface RecorderOptions {
  /** Of the trace. */
  readonly id: string;
  readonly version: string;
  /** ms since the epoch. */
  readonly at: number;
  /** ms since the request began. */
  readonly elapsed: () => number;
  readonly request: {
    readonly method: string;
    readonly route: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    /** As it was parsed; asked for when the request is over. */
    readonly body: () => unknown;
    /** Keys that came with it. */
    readonly secrets: readonly string[];
  };
}

/** What is known of a request when it is over. */
export interface RecordEnd {
  /** Of the request, or of the background response. */
  readonly requestId: string;
  readonly key: string | undefined;
  readonly dialect: string | undefined;
  readonly requestedModel: string | undefined;
  readonly model: string | undefined;
  readonly settlement: Trace["settlement"];
  readonly attempts: readonly Attempt[];
  readonly status: number | undefined;
  readonly clientLeft: boolean;
  readonly error: string | undefined;
  readonly message: string | undefined;
  readonly finish: string | undefined;
}

/** Writes down one request. */
export interface TraceRecorder extends TraceWatch {
  /** Of the trace. */
  readonly id: string;
  /** Bytes, or text, of the answer to the client. */
  answer(piece: string | Uint8Array): void;
  /** The request is over: gives the trace. */
  finish(end: RecordEnd): Trace;
}

/** Text that grows to a bound. */
interface Gathered {
  add(text: string): void;
  get(): TracedText;
}

function createGathered(): Gathered {
  let text = "";
  let cut = 0;
  return {
    add(piece) {
      const room = longestText - text.length;
      text += piece.slice(0, room);
      cut += Math.max(0, piece.length - room);
    },
    get: () => (cut === 0 ? { text } : { text, cut }),
  };
}

/** Creates the recorder of one request. */
export function createRecorder({ id, version, at, elapsed, request }: RecorderOptions): TraceRecorder {
  const redact = createRedactor(request.secrets);
  const exchanges: TracedExchange[] = [];
  const turns: TurnRecorder[] = [];
  const answer = createGathered();
  const decoder = new TextDecoder();
  const now = () => Math.round(elapsed());

  function toText(text: string): TracedText {
    const gathered = createGathered();
    gathered.add(redact(text));
    return gathered.get();
  }

  return {
    id,
    sent({ to, method, path, body }: SentRequest) {
      if (exchanges.length >= mostExchanges) return;
      const text = body === undefined ? null : toText(new TextDecoder().decode(body));
      exchanges.push({ at_ms: now(), to, method, path: redact(path), body: text });
    },
    turn() {
      const turn = createTurnRecorder(now, redact);
      if (turns.length < mostTurns) turns.push(turn);
      return turn;
    },
    answer(piece) {
      answer.add(typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }));
    },
    finish(end) {
      const { text, ...cut } = answer.get();
      const body = request.body();
      const judged = {
        attempts: end.attempts,
        turns: turns.map((turn) => turn.get()),
        model: end.model ?? null,
        request: {
          method: request.method,
          route: request.route,
          headers: redactHeaders(request.headers, redact),
          body: body === undefined ? null : toText(JSON.stringify(body)),
          tools: toolNames(body),
        },
        answer: {
          status: end.status ?? null,
          client_left: end.clientLeft,
          error: end.error ?? null,
          message: end.message === undefined ? null : redact(end.message),
          finish: end.finish ?? null,
          body: text === "" ? null : { text: redact(text), ...cut },
        },
      };
      return {
        object: "trace",
        id,
        request_id: end.requestId,
        created_at: new Date(at).toISOString(),
        version,
        verdict: findVerdict(judged),
        ms: now(),
        key: end.key ?? null,
        dialect: end.dialect ?? null,
        requested_model: end.requestedModel ?? null,
        settlement: end.settlement,
        exchanges,
        ...judged,
      };
    },
  };
}

interface TurnRecorder extends TurnWatch {
  get(): TracedTurn;
}

function createTurnRecorder(now: () => number, redact: (text: string) => string): TurnRecorder {
  const began = now();
  let first: number | null = null;
  let ended: number | null = null;
  let end: Pick<TracedTurn, "outcome" | "reason" | "told"> = { outcome: "open" };
  const raw = createBlocks(now);
  const shaped = createBlocks(now);

  return {
    raw(batch) {
      first ??= now();
      raw.push(batch);
    },
    shaped: (batch) => shaped.push(batch),
    end(given) {
      ended = now();
      end = toOutcome(given, redact);
    },
    get() {
      const segments = raw.blocks.map((block) => toSegment(block, redact));
      const blocks = shaped.blocks.map((block) => toBlock(block, redact));
      return {
        began_ms: began,
        first_ms: first,
        ended_ms: ended,
        raw: segments,
        ...(raw.cut() === 0 ? {} : { raw_cut: raw.cut() }),
        parts: alignParts(segments, blocks),
        blocks,
        ...end,
      };
    },
  };
}

function toOutcome(
  end: TurnEnd,
  redact: (text: string) => string,
): Pick<TracedTurn, "outcome" | "reason" | "told"> {
  switch (end.kind) {
    case "kept":
      return { outcome: "kept" };
    case "asked-again":
      return {
        outcome: "asked_again",
        ...(end.reason === undefined ? {} : { reason: end.reason }),
        told: redact(end.told),
      };
    default:
      return { outcome: "failed", reason: end.error, told: redact(end.message) };
  }
}

/** A block of events, as far as it came. */
interface GrowingBlock {
  readonly kind: "text" | "reasoning" | "tool-call";
  text: string;
  readonly name: string;
  readonly callId: string;
  readonly began: number;
  readonly arrivals: Arrivals;
}

/** Gathers events to blocks, up to the bound in all. */
function createBlocks(now: () => number) {
  const blocks: Mutable<GrowingBlock>[] = [];
  let length = 0;
  let cut = 0;
  return {
    blocks,
    cut: () => cut,
    push(batch: EventBatch) {
      for (const event of batch) {
        if (event.type === "block-start") {
          const { block } = event;
          const call = block.kind === "tool-call" ? block : { name: "", callId: "" };
          blocks.push({
            kind: block.kind,
            text: "",
            name: call.name,
            callId: call.callId,
            began: now(),
            arrivals: createArrivals(),
          });
        } else if (event.type === "block-delta") {
          const kept = event.text.slice(0, longestText - length);
          length += kept.length;
          cut += event.text.length - kept.length;
          const last = blocks.at(-1);
          if (last !== undefined) {
            last.text += kept;
            last.arrivals.note(last.text.length, now());
          }
        }
      }
    },
  };
}

function toSegment(
  { kind, text, name, callId, arrivals }: GrowingBlock,
  redact: (text: string) => string,
): RawSegment {
  const arrived = arrivals.get();
  if (kind !== "tool-call") return { kind, text: redact(text), arrived };
  return { kind: "tool_call", text: redact(text), name, call_id: callId, arrived };
}

function toBlock(
  { kind, text, name, callId, began, arrivals }: GrowingBlock,
  redact: (text: string) => string,
): TracedBlock {
  const times = { from_ms: began, to_ms: arrivals.get().at(-1)?.[1] ?? began };
  if (kind === "tool-call")
    return { kind: "tool_call", name, call_id: callId, arguments: redact(text), ...times };
  return { kind: kind === "text" ? "text" : "thinking", text: redact(text), ...times };
}

/** Names of the tools of a body, in any dialect: they are all called `name`, at one of two places. */
function toolNames(body: unknown): readonly string[] {
  const tools = memberOf(body, "tools") ?? memberOf(body, "functions");
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool: unknown) => {
    const name =
      memberOf(tool, "name") ?? memberOf(memberOf(tool, "function"), "name") ?? memberOf(tool, "type");
    return typeof name === "string" ? [name] : [];
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
