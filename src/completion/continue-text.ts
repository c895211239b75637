import { GatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest } from "../model/request.ts";
import type { TextRequest } from "../model/text-request.ts";
import { stopAtSequences } from "../shaping/stop-at-sequences.ts";
import type { Sink, Source } from "../stream/source.ts";
import type { Pace } from "../stream/pace.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import { estimateTokens } from "./estimate-usage.ts";
import { runTurns } from "./run-turns.ts";

/** One text to go on with, at one leg. */
export interface Continuation {
  readonly upstream: Upstream;
  /** What is known of the leg's model. */
  readonly model: ModelInfo;
  readonly request: ChatRequest;
  /** What clients call the model. */
  readonly name: string;
  readonly asking: AskOptions;
  readonly startPace: () => Pace;
  /** Answers the same as a chat. */
  readonly chat: Source<EventBatch>;
}

/** Goes on with texts by the upstreams that can, and remembers those that turn out not to. */
export interface TextContinuer {
  /** Whether a model of an upstream may go on with a text without a chat around it. */
  canContinue(upstream: Upstream, model: string): boolean;
  /**
   * Answers a request that has `continues`: raw by an upstream that goes on with texts, as a chat by all others. One that refuses it
   * for having no such route is asked for a chat at once, and from then on; not with a `suffix`, which has no place there. Rejects as
   * `runTurns`.
   */
  answer(continuation: Continuation, sink: Sink<EventBatch>): Promise<void>;
}

/** Raw text has no end of its own as an answer has, and the servers' own limit of 16 tokens would cut every one. */
const usualLimit = 4096;
/** Of the window, what is left to errors of our count. */
const margin = 64;
const leastLimit = 16;

/** The whole server, or this model of it, chats only: OpenAI says of such a model that it is not there. */
const withoutRoute: ReadonlySet<string> = new Set([
  "not-found",
  "model-not-found",
  "method-not-allowed",
  "unsupported",
]);

/** Creates the continuer. */
export function createTextContinuer(): TextContinuer {
  const chatOnly = new WeakMap<Upstream, Set<string>>();

  function canContinue(upstream: Upstream, model: string): boolean {
    return upstream.continueText !== undefined && chatOnly.get(upstream)?.has(model) !== true;
  }

  return {
    canContinue,
    async answer(continuation, sink) {
      const { upstream, model, request, asking, chat } = continuation;
      if (!canContinue(upstream, model.id)) {
        await chat(sink);
        return;
      }
      let begun = false;
      try {
        await continueRaw(continuation, (batch) => {
          begun = true;
          return sink(batch);
        });
        return;
      } catch (error) {
        if (begun || !(error instanceof GatewayError) || !withoutRoute.has(error.kind)) throw error;
        if (request.continues?.suffix !== undefined) throw error;
        // A chat is another try.
        if (asking.mayRepeat?.() === false) throw error;
        asking.watch?.retry(error.kind);
      }
      await chat((batch) => {
        // So it is there, and does nothing else.
        if (!begun) chatOnly.set(upstream, (chatOnly.get(upstream) ?? new Set()).add(model.id));
        begun = true;
        return sink(batch);
      });
    },
  };
}

/** The error of a request with a `suffix` where nobody fills gaps. */
export function createSuffixError(): GatewayError {
  return new GatewayError(
    "unsupported",
    "'suffix' is not supported: no upstream of this model can fill in a gap.",
    { param: "suffix" },
  );
}

function continueRaw(
  { upstream, model, request, name, asking, startPace }: Continuation,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { prompt = "", suffix } = request.continues ?? {};
  const { sampling, stopSequences } = request;
  const raw: TextRequest = {
    model: model.id,
    prompt,
    ...(suffix === undefined ? {} : { suffix }),
    sampling,
    stopSequences,
    maxOutputTokens: limitFor(`${prompt}${suffix ?? ""}`, request.maxOutputTokens, model),
  };
  return runTurns(
    {
      upstream: { stream: (_request, options, take) => streamRaw(upstream, raw, options, take) },
      name,
      // What usage is estimated by.
      request: {
        ...request,
        model: model.id,
        messages: [{ role: "user", parts: [{ type: "text", text: prompt }] }],
      },
      asking,
      createReaders: () => [],
      // Servers take a few stop sequences only.
      createShapers: () => (stopSequences.length === 0 ? [] : [stopAtSequences(stopSequences)]),
      repairTurns: 0,
      startPace,
    },
    sink,
  );
}

async function streamRaw(
  upstream: Upstream,
  raw: TextRequest,
  options: AskOptions,
  sink: Sink<EventBatch>,
): Promise<void> {
  if (upstream.continueText === undefined) {
    throw new GatewayError("unsupported", `${upstream.name} only chats.`);
  }
  await upstream.continueText(raw, options, sink);
}

/** Tokens that the answer may have: what was asked for, or the usual, as far as it fits. */
function limitFor(
  text: string,
  wanted: number | undefined,
  { id, contextLength, maxOutputTokens }: ModelInfo,
): number {
  const room =
    contextLength === undefined
      ? Number.POSITIVE_INFINITY
      : contextLength - Math.ceil(estimateTokens([text], id) * 1.1) - margin;
  const most = Math.min(wanted ?? usualLimit, maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return Math.min(most, Math.max(leastLimit, room));
}
