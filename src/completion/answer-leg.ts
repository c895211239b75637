import type { Config } from "../config.ts";
import type { EventBatch } from "../model/events.ts";
import type { IdFactory } from "../model/ids.ts";
import { legKey, type Leg } from "../model/leg.ts";
import { usualParameters, type ChatRequest } from "../model/request.ts";
import { usesTools } from "../shaping/lower.ts";
import type { SchemaWork } from "../shaping/schema/schema-work.ts";
import { describeNativeCall } from "../shaping/tools/index.ts";
import type { Sink, Source } from "../stream/source.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import type { CallContext } from "./chat-service.ts";
import { checkLength } from "./check-length.ts";
import { canSee, hasImages, replaceToolImages } from "./check-vision.ts";
import type { TextContinuer } from "./continue-text.ts";
import type { Pacer } from "./create-pacer.ts";
import { lengthOf } from "./estimate-usage.ts";
import { lowerFor } from "./lower-for.ts";
import { runTurns } from "./run-turns.ts";
import { createReaders, createShapers } from "./select-shapers.ts";
import { targetOf } from "./target.ts";
import type { ToolTeacher } from "./teach-tools.ts";

/** What all answers are made with. */
export interface LegMeans {
  readonly config: Pick<
    Config,
    "VISION_MODELS" | "SYSTEM_PROMPT" | "REASONING" | "HISTORY_DIET" | "TOOL_ARGUMENTS" | "REPAIR_TURNS"
  >;
  readonly teach: ToolTeacher;
  readonly continuer: TextContinuer;
  readonly pacer: Pacer;
  readonly newId: IdFactory;
}

/** One request, whoever answers it. */
export interface LegRequest {
  /** Its images are inline. */
  readonly ready: ChatRequest;
  /** The id of the model that clients see. */
  readonly name: string;
  readonly work: SchemaWork;
  readonly context: CallContext;
}

/** Encoding less than so many UTF-16 units takes a few milliseconds. */
const longRequest = 1_048_576;

/** Answers a request at one leg: what its model can't do, the gateway does. As `RouteOptions.ask`. */
export async function answerAtLeg(
  { leg, upstream, asking }: { readonly leg: Leg; readonly upstream: Upstream; readonly asking: AskOptions },
  request: LegRequest,
  means: LegMeans,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { ready, name, context } = request;
  const { continuer, pacer, config } = means;
  const target = () => targetOf(leg.model, upstream, config.SYSTEM_PROMPT);
  // Asked when the head goes out: what a server refuses is learned meanwhile.
  context.watch?.tellParameters?.(legKey(leg), () => target().model.parameters ?? usualParameters);
  const chat: Source<EventBatch> = (take) =>
    chatAtLeg({ target: target(), upstream, asking }, request, means, take);
  if (ready.continues === undefined) {
    await chat(sink);
    return;
  }
  const startPace = () => pacer.start(asking.signal);
  const { model } = target();
  await continuer.answer({ upstream, model, request: ready, name, asking, startPace, chat }, sink);
}

async function chatAtLeg(
  {
    target,
    upstream,
    asking,
  }: {
    readonly target: ReturnType<typeof targetOf>;
    readonly upstream: Upstream;
    readonly asking: AskOptions;
  },
  { ready, name, work, context }: LegRequest,
  { config, teach, pacer, newId }: LegMeans,
  sink: Sink<EventBatch>,
): Promise<void> {
  const { signal } = asking;
  const { model, can } = target;
  const request = !hasImages(ready) || canSee(model, config.VISION_MODELS) ? ready : replaceToolImages(ready);
  const taught = await teach(request, target, { work, pace: pacer.start(signal) });
  const lowered = lowerFor(request, target, taught.prompt, config.HISTORY_DIET);
  await checkLength(lowered, model, pacer.start(signal));
  if (lengthOf(lowered) > longRequest) {
    await pacer.ownTurn();
    signal.throwIfAborted();
  }
  const whole = context.whole === true;
  const usedCallIds = callIdsIn(request);
  const isTaughtTools = usesTools(request) && can.tools !== "native";
  await runTurns(
    {
      upstream,
      name,
      request: lowered,
      asking,
      createReaders: () => createReaders(request, { model: model.id, can, whole }),
      createShapers: () =>
        createShapers(request, {
          model: model.id,
          can,
          whole,
          reasoning: request.reasoning ?? config.REASONING,
          argumentsMode: config.TOOL_ARGUMENTS,
          newCallId: () => newId("call_"),
          usedCallIds,
          work,
          taught,
        }),
      describeNativeCall: isTaughtTools
        ? (called) => describeNativeCall(called, { request, model: model.id })
        : undefined,
      repairTurns: config.REPAIR_TURNS,
      startPace: () => pacer.start(signal),
    },
    sink,
  );
}

/** The ids of the calls so far: some servers begin theirs anew in each answer, and clients tell calls apart by them. */
function callIdsIn({ messages }: ChatRequest): Set<string> {
  const parts = messages.flatMap((message) => (message.role === "assistant" ? message.parts : []));
  return new Set(parts.flatMap((part) => (part.type === "tool-call" ? part.callId : [])));
}
