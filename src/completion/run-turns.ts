import { GatewayError } from "../errors.ts";
import { addUsage } from "../model/add-usage.ts";
import type { BlockStart, ChatEvent, EventBatch, Usage } from "../model/events.ts";
import type { ChatRequest } from "../model/request.ts";
import { countTokens } from "../shaping/count-tokens.ts";
import { createTokenCounter } from "../shaping/create-token-counter.ts";
import type { AnswerProblem, Shaper } from "../shaping/shaper.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type { Pace } from "../stream/pace.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import { createAnswerJoiner } from "./create-answer-joiner.ts";
import { createChain, type Chain, type Steps } from "./create-chain.ts";
import { withProblem } from "./with-problem.ts";
import {
  countPromptTokens,
  estimatePromptTokens,
  guessPromptTokens,
  guessTokens,
  lengthOf,
} from "./estimate-usage.ts";

/** Counting the tokens of so many UTF-16 units takes 30 ms at worst. */
const shortPrompt = 16_384;

/** What answering takes. */
export interface TurnOptions {
  readonly upstream: Pick<Upstream, "stream">;
  /** Lowered to what the model can. */
  readonly request: ChatRequest;
  /** What clients call the model. */
  readonly name: string;
  readonly asking: AskOptions;
  /** Shapers that find reasoning and limit the length. What passes them is counted, whatever becomes of it. */
  readonly createReaders: () => readonly Shaper[];
  /** The other shapers of one turn, in order. */
  readonly createShapers: () => readonly Shaper[];
  /** What asks a model to write a native call as text; `undefined` if the request offers no such tool. */
  readonly describeNativeCall?: ((name: string | undefined) => string | undefined) | undefined;
  /** How often the model may be asked again. */
  readonly repairTurns: number;
  /** For reading what the upstream sends in long pieces. */
  readonly startPace: () => Pace;
}

/**
 * Answers a request by one turn of the model, or more when an answer does not do. One batch comes for each of the
 * upstream's that gives anything, several for a long one if reading it takes long: others have their turns between. When a shaper ends the answer early the upstream request is aborted at once.
 * When the upstream fails, text that was held back is given first if the client has seen some already; otherwise
 * only the error, so that it can have its own HTTP status. Throws what the upstream and the shapers throw; but a call of an
 * offered tool that got lost on the way is asked for again, as text, unless the client has seen a call already.
 */
export async function* runTurns(options: TurnOptions): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, watch } = options.asking;
  const answer = createAnswerJoiner(options.name);
  let { request } = options;
  let spent: Usage | undefined;
  let total: Usage | undefined;
  for (let repairs = 0; ; repairs += 1) {
    const turn = createTurn(request, options);
    let asksAgain = false;
    const usage = (reported: Usage | undefined): Usage => {
      total = spent === undefined ? turn.usage(reported) : addUsage(spent, turn.usage(reported));
      return total;
    };
    try {
      let lostCall: AnswerProblem | undefined;
      try {
        for await (const batch of turn.batches) {
          const out = answer.add(batch, usage);
          if (out.length > 0) yield out;
        }
      } catch (error) {
        const said = answer.add(turn.sayBefore(error), usage);
        if (said.length > 0) yield said;
        if (repairs < options.repairTurns && !answer.gaveCall) lostCall = turn.toLostCall(error);
        if (lostCall === undefined) throw error;
      }
      // A shaper behind the one with a problem may have ended the answer before it.
      if (answer.finished) return;
      const problem = lostCall ?? turn.chain.problem();
      if (problem === undefined || repairs >= options.repairTurns) {
        const rest = problem === undefined ? [] : answer.add(turn.chain.giveUp(answer.gaveText), usage);
        if (rest.length > 0) yield rest;
        if (!answer.finished)
          throw new GatewayError("upstream-truncated", "The upstream broke off its answer.");
        return;
      }
      const reason = lostCall === undefined ? turn.chain.repairReason() : "lost-tool-call";
      asksAgain = true;
      if (reason !== undefined) watch?.repair(reason);
      spent = usage(turn.reported());
      request = withProblem(request, problem);
      const rest = answer.nextTurn(problem.keepsText === true);
      if (rest.length > 0) yield rest;
    } catch (error) {
      const rest = answer.abandon(turn.chain);
      if (rest.length > 0) yield rest;
      throw error;
    } finally {
      // The upstream counts what it reads and writes, whether or not somebody waits for the end of it.
      if (!answer.finished && !asksAgain) {
        const cost = turn.begun() || signal.aborted ? turn.guess(spent) : spent;
        if (cost !== undefined) watch?.spend(cost);
      }
    }
  }
}

interface Turn {
  readonly chain: Chain;
  /** What the chain makes of the upstream's batches. Ends after a finish or when the chain has a problem. */
  readonly batches: AsyncIterable<EventBatch>;
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

function createTurn(request: ChatRequest, options: TurnOptions): Turn {
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
    const reasoningTokens = thought.total();
    const { inputTokens, outputTokens } = reported ?? {};
    const total = outputTokens ?? written.total() + reasoningTokens + heldTokens;
    // Our count of a part must not exceed the upstream's count of the whole.
    const part = Math.min(reasoningTokens, total);
    return {
      inputTokens: inputTokens ?? inputCount ?? countPromptTokens(request, request.model),
      outputTokens: total,
      ...(part === 0 ? {} : { reasoningTokens: part }),
      estimated: inputTokens === undefined || outputTokens === undefined || reported?.estimated === true,
    };
  }

  /** To be awaited before the end of an answer is given, if its usage is not known. */
  async function countInput(): Promise<void> {
    if (inputCount !== undefined || lengthOf(request) <= shortPrompt) return;
    inputCount = await estimatePromptTokens(request, request.model, options.startPace());
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
    batches: shapeBatches(request, options, chain, {
      countInput,
      note(batch) {
        hasBegun = true;
        const last = batch.at(-1);
        if (last?.type === "finish") given = last.usage;
      },
    }),
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

/**
 * The upstream's batches as the chain gives them. `note` is told each as it comes, `countInput` is awaited before an end
 * without the upstream's own count. Not a function inside of `createTurn`: each new generator function costs a hidden class, which holds on to
 * all that the function can see.
 */
async function* shapeBatches(
  request: ChatRequest,
  options: TurnOptions,
  chain: Chain,
  {
    note,
    countInput,
  }: { readonly note: (batch: EventBatch) => void; readonly countInput: () => Promise<void> },
): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, watch } = options.asking;
  const linked = linkSignal(signal);
  // An upstream that finished by itself is read to its end, not aborted: its connection can be used again.
  let complete = false;
  /** Whether a shaper ended the answer. The upstream must not go on while a slow client reads the end. */
  function stopsAt(out: EventBatch): boolean {
    const stops = !complete && out.at(-1)?.type === "finish";
    if (stops) linked.abort();
    return stops;
  }
  try {
    for await (const batch of options.upstream.stream(request, {
      ...options.asking,
      signal: linked.signal,
    })) {
      watch?.move();
      note(batch);
      complete = batch.at(-1)?.type === "finish";
      if (endsWithoutCount(batch)) await countInput();
      const out = chain.push(batch);
      if (!("next" in out)) {
        const stops = stopsAt(out);
        if (endsWithoutCount(out)) await countInput();
        if (out.length > 0) yield out;
        if (stops) return;
        continue;
      }
      for await (const part of readAtPace(out, options.startPace())) {
        const stops = stopsAt(part);
        if (endsWithoutCount(part)) await countInput();
        yield part;
        if (stops) return;
      }
    }
  } finally {
    linked.release();
    if (!complete) linked.abort();
  }
}

/** Whether an answer ends here whose usage nobody knows: it was ended by a shaper, or the upstream does not tell. */
function endsWithoutCount(batch: EventBatch): boolean {
  const last = batch.at(-1);
  return last?.type === "finish" && last.usage.inputTokens === undefined;
}

/** Gives what all steps give, in one batch, or in several when that takes long. */
async function* readAtPace(steps: Steps, pace: Pace): AsyncGenerator<EventBatch, void, undefined> {
  // The pieces of several choices come together: each has a turn of its own.
  await pace.turn();
  let out: ChatEvent[] = [];
  for (const step of steps) {
    for (const event of step) out.push(event);
    const rest = pace.rest();
    if (rest === undefined) continue;
    await rest;
    if (out.length > 0) yield out;
    out = [];
  }
  if (out.length > 0) yield out;
}
