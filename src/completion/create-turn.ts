import { GatewayError } from "../errors.ts";
import { addUsage } from "../model/add-usage.ts";
import type { BlockStart, ChatEvent, EventBatch, Usage } from "../model/events.ts";
import type { ChatRequest } from "../model/request.ts";
import { countTokens } from "../shaping/count-tokens.ts";
import { createTokenCounter } from "../shaping/create-token-counter.ts";
import type { AnswerProblem, Shaper } from "../shaping/shaper.ts";
import type { TurnWatch } from "../model/trace-watch.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type { Pace } from "../stream/pace.ts";
import type { Sink, Source } from "../stream/source.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import { createChain, type Chain, type Steps } from "./create-chain.ts";
import {
  countPromptTokens,
  estimatePromptTokens,
  guessPromptTokens,
  guessTokens,
  lengthOf,
} from "./estimate-usage.ts";

/** Counting the tokens of so many UTF-16 units takes 30 ms at worst. */
const shortPrompt = 16_384;

/** What one turn of the model takes. */
export interface TurnOptions {
  readonly upstream: Pick<Upstream, "stream">;
  readonly asking: AskOptions;
  /** Shapers that find reasoning and limit the length. What passes them is counted, whatever becomes of it. */
  readonly createReaders: () => readonly Shaper[];
  /** The other shapers of one turn, in order. */
  readonly createShapers: () => readonly Shaper[];
  /** What asks a model to write a native call as text; `undefined` if the request offers no such tool. */
  readonly describeNativeCall?: ((name: string | undefined) => string | undefined) | undefined;
  /** For reading what the upstream sends in long pieces. */
  readonly startPace: () => Pace;
}

/** Who learns what the upstream says in a turn. */
type RawListener = Pick<TurnWatch, "raw"> | undefined;

/** One turn of the model: one request to the upstream, and what becomes of its answer. */
export interface Turn {
  readonly chain: Chain;
  /** Asks, and gives what the chain makes of the upstream's batches. Resolves after a finish or when the chain has a problem. */
  readonly run: Source<EventBatch>;
  /** The upstream's own count, as the finish of the chain still has it, or ours. To be asked when the turn is over. */
  usage(reported: Usage | undefined): Usage;
  /** Whether the upstream has sent anything of an answer. */
  begun(): boolean;
  /** What a turn without an end has cost, quickly counted, and what was `spent` before it. */
  guess(spent: Usage | undefined): Usage;
  /** What the upstream's finish said. */
  reported(): Usage | undefined;
  /** What the model said before a call that got lost, as far as it was held until it was clear whether it is thinking. */
  sayBefore(error: unknown): ChatEvent[];
  /** The failure as a problem that another turn may mend, if it is a call of an offered tool that got lost. */
  toLostCall(error: unknown): AnswerProblem | undefined;
}

/** Creates a turn, in which nothing is asked yet. `request`: lowered to what the model can. */
export function createTurn(request: ChatRequest, options: TurnOptions, listener?: RawListener): Turn {
  const written = createTokenCounter(request.model);
  const thought = createTokenCounter(request.model);
  const { describeNativeCall } = options;
  const attempt: string[] = [];
  let given: Usage | undefined;
  let inputCount: number | undefined;
  let kind: BlockStart["kind"] = "text";
  let hasBegun = false;
  /** Of what the readers hold, once nobody will read it any more. */
  let heldTokens = 0;

  function read(event: ChatEvent): void {
    if (event.type === "block-start") ({ kind } = event.block);
    if (event.type !== "block-delta") return;
    (kind === "reasoning" ? thought : written).push(event.text);
    if (kind === "text" && describeNativeCall !== undefined) attempt.push(event.text);
  }

  const meter: Shaper = {
    push(event) {
      read(event);
      return [event];
    },
    pushAll(events) {
      for (const event of events) read(event);
      return events;
    },
    flush: () => [],
  };
  function toUsage(reported: Usage | undefined): Usage {
    const counted = thought.total();
    const all = written.total() + counted + heldTokens;
    const { inputTokens, outputTokens: total = all, reasoningTokens } = reported ?? {};
    // Where the upstream counts fewer tokens than we do, thinking has as large a part of its count: what was written has some, too.
    const part = reasoningTokens ?? (total < all ? Math.round((total * counted) / all) : counted);
    return {
      inputTokens: inputTokens ?? inputCount ?? countPromptTokens(request, request.model),
      outputTokens: total,
      ...(part === 0 ? {} : { reasoningTokens: part }),
      estimated: inputTokens === undefined || reported?.outputTokens === undefined || reported.estimated,
    };
  }

  /** To be awaited before the end of an answer is given, if its usage is not known. */
  async function countInput(): Promise<void> {
    if (inputCount !== undefined || lengthOf(request) <= shortPrompt) return;
    inputCount = await estimatePromptTokens(request, request.model, options.startPace());
  }

  function note(batch: EventBatch): void {
    listener?.raw(batch);
    hasBegun = true;
    const last = batch.at(-1);
    if (last?.type === "finish") given = last.usage;
  }

  const readers = options.createReaders();
  const chain = createChain([...readers, meter, ...options.createShapers()]);

  function countHeld(): number {
    const held = createChain(readers)
      .flush()
      .flatMap((event) => (event.type === "block-delta" ? [event.text] : []))
      .join("");
    return held.length > shortPrompt ? guessTokens(held.length) : countTokens(held, request.model);
  }

  return {
    chain,
    run: (sink) => shapeAnswer(request, options, { chain, countInput, note }, sink),
    usage: toUsage,
    begun: () => hasBegun,
    guess(spent) {
      // Nobody waits for it, so nothing long is counted for it.
      if (lengthOf(request) > shortPrompt) inputCount ??= guessPromptTokens(request);
      heldTokens = countHeld();
      const usage = toUsage(given);
      return spent === undefined ? usage : addUsage(spent, usage);
    },
    reported: () => given,
    sayBefore: (error) =>
      error instanceof GatewayError && error.nativeCall !== undefined ? chain.flush(readers.length) : [],
    toLostCall(error) {
      if (!(error instanceof GatewayError) || error.nativeCall === undefined) return undefined;
      const message = describeNativeCall?.(error.nativeCall.name);
      return message === undefined ? undefined : { message, attempt: attempt.join("") };
    },
  };
}

/** What shaping takes from its turn: `note` is told each batch as it comes, `countInput` is awaited before an end without the upstream's own count. */
interface Shaping {
  readonly chain: Chain;
  readonly note: (batch: EventBatch) => void;
  readonly countInput: () => Promise<void>;
}

/** Asks the upstream, and gives its batches as the chain makes them. */
async function shapeAnswer(
  request: ChatRequest,
  options: TurnOptions,
  { chain, note, countInput }: Shaping,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { signal, watch } = options.asking;
  const linked = linkSignal(signal);
  // An upstream that finished by itself is read to its end, not aborted: its connection can be used again.
  let complete = false;
  /** A shaper ended the answer. The upstream must not go on while a slow client reads the end. */
  let stopped = false;
  /** What was given last, if it is not taken yet. */
  let giving: Promise<void> | undefined;

  function give(out: EventBatch): Promise<void> | undefined {
    if (!complete && out.at(-1)?.type === "finish") {
      stopped = true;
      linked.abort();
    }
    if (endsWithoutCount(out)) return countInput().then(() => sink(out));
    return out.length === 0 ? undefined : sink(out);
  }

  function shape(batch: EventBatch): Promise<void> | undefined {
    const out = chain.push(batch);
    return "next" in out ? giveAtPace(out) : give(out);
  }

  /** Gives what all steps give, in one batch, or in several when that takes long. */
  async function giveAtPace(steps: Steps): Promise<void> {
    const pace = options.startPace();
    // The pieces of several choices come together: each has a turn of its own.
    await pace.turn();
    let out: ChatEvent[] = [];
    for (const step of steps) {
      for (const event of step) out.push(event);
      const rest = pace.rest();
      if (rest === undefined) continue;
      await rest;
      await give(out);
      if (stopped) return;
      out = [];
    }
    await give(out);
  }

  try {
    await options.upstream.stream(request, { ...options.asking, signal: linked.signal }, (batch) => {
      if (stopped) return undefined;
      watch?.move();
      note(batch);
      complete = batch.at(-1)?.type === "finish";
      giving = endsWithoutCount(batch) ? countInput().then(() => shape(batch)) : shape(batch);
      return giving;
    });
  } catch (error) {
    if (!stopped) throw error;
  } finally {
    linked.release();
    if (!complete) linked.abort();
  }
  await giving;
}

/** Whether an answer ends here whose usage nobody knows: it was ended by a shaper, or the upstream does not tell. */
function endsWithoutCount(batch: EventBatch): boolean {
  const last = batch.at(-1);
  return last?.type === "finish" && last.usage.inputTokens === undefined;
}
