import type { Budget } from "../model/budget.ts";
import type { EventBatch } from "../model/events.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { GatewayError } from "../errors.ts";
import type { Leg, ListedModel, RoutedModel } from "../model/leg.ts";
import type { Sink } from "../stream/source.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";

/** A name of the operator's own, and what it stands for, in the order in which it is asked. */
export interface OwnName {
  readonly name: string;
  /** `upstream/model`, where `*` in the model stands for any text. */
  readonly targets: readonly string[];
}

/** All models of all upstreams, by what clients call them. Made anew when a list changes. */
export interface Catalogue {
  /** The merged list: own names first, then models as they are offered, each once. */
  readonly models: readonly RoutedModel[];
  /**
   * The model of the list that an id names: an own name goes before an id, this before the id of a back end, this before
   * `upstream/model`, this before another spelling.
   */
  find(id: string): RoutedModel | undefined;
  /**
   * The same id at the only upstream that there is, while nobody knows what it offers: it judges the id itself. `undefined`: it is
   * known, or there are several, of which none is sent what may be another's.
   */
  pass(id: string): RoutedModel | undefined;
  /** Why nobody has an id that is a name of the operator's own, or begins with an upstream's, in a sentence; `undefined`: it is neither. */
  explain(id: string): string | undefined;
  /** The upstreams whose lists are not known, and why, as far as that is known. */
  readonly withoutList: readonly { readonly upstream: string; readonly failure: GatewayError | undefined }[];
  /** Why the list of an upstream is not known; of several the first. */
  readonly failure: GatewayError | undefined;
  /** The upstreams that could not be asked for their list, nor ever before: most probably they answer nothing else either. */
  readonly unreachable: ReadonlySet<string>;
}

/** What tells one conversation from another; the first that is there is taken. */
export interface ConversationSigns {
  /** The session of an agent, as it names it in a header. */
  readonly session?: string | undefined;
  /** What the client wants its prompts to be cached by. */
  readonly cacheKey?: string | undefined;
  /** A hash of how the conversation begins, which all its requests share. Asked only when nothing else is known. */
  readonly beginning?: (() => string | undefined) | undefined;
}

/** What a piece of an answer is: nothing yet that anybody sees, a part of it, or its end. */
export type Progress = "nothing" | "part" | "end";

/** What one request is routed by. `Item`: what its answer is made of. */
export interface RouteOptions<Item = EventBatch> {
  /** The model's id as it was resolved: conversations with different models are different ones. */
  readonly model: string;
  /** In the order in which they are to be asked. */
  readonly legs: readonly Leg[];
  /**
   * Answers by one leg. Resolves after the end of the answer or rejects, and at once when the signal aborts. What it rejects with
   * before its first piece may lead to the next leg.
   */
  readonly ask: (leg: Leg, upstream: Upstream, options: AskOptions, sink: Sink<Item>) => Promise<void>;
  readonly signal: AbortSignal;
  readonly watch?: CallWatch | undefined;
  /** What tells this conversation from others, so that it stays where it was answered. */
  readonly conversation?: ConversationSigns | undefined;
}

/** What keeps an upstream, or a model at it, from answering. */
export interface UpstreamProblem {
  readonly error: GatewayError;
  /** Of a model alone; `undefined`: all of it. */
  readonly model: string | undefined;
  /** Since when and until when it is not asked, ms since the epoch; `undefined`: it rests not, but gave no list. */
  readonly rest: { readonly since: number; readonly until: number; readonly told: boolean } | undefined;
}

/** How an upstream is, as far as is known. */
export interface UpstreamState {
  readonly upstream: string;
  /** Nothing is known that keeps all of it from answering: no rest, no budget that is used up, no list that can't be had. */
  readonly up: boolean;
  /** Until when it is not asked, by its own word or by our guess; ms since the epoch. */
  readonly restsUntil: number | undefined;
  /** How many of its models rest on their own. */
  readonly restingModels: number;
  readonly budget: Budget | undefined;
  /** The worst that is known: a rest of all of it, no list, or the newest rest of one of its models. */
  readonly problem: UpstreamProblem | undefined;
}

/** Knows all upstreams, and which of them answers what. All methods throw `GatewayError`. */
export interface Router {
  /**
   * What all upstreams offer. Waits only while an upstream's list is not known, some seconds at most, and does not wait for one
   * that fails. Rejects only when `signal` aborts.
   */
  catalogue(signal: AbortSignal): Promise<Catalogue>;
  /** The same after a look at all upstreams, where the last one was not some seconds ago. */
  refresh(signal: AbortSignal): Promise<Catalogue>;
  /** The list for clients. Throws the failure of the first upstream when no list is known. */
  listModels(signal: AbortSignal): Promise<readonly ListedModel[]>;
  /** A model as the list for clients has it. Throws as `listModels`. */
  showModel(model: RoutedModel, signal: AbortSignal): Promise<ListedModel>;
  /**
   * Answers by the first leg that begins to (docs/routing.md). Rejects with a `RouteError` with what was tried, or whatever the
   * leg rejects with that has begun.
   */
  answer(options: RouteOptions, sink: Sink<EventBatch>): Promise<void>;
  /** The same for answers that are no events, of which `progressOf` tells where they begin and end. */
  route<Item>(
    options: RouteOptions<Item> & { readonly progressOf: (item: Item) => Progress },
    sink: Sink<Item>,
  ): Promise<void>;
  /** What is known of all upstreams, at once: nothing is asked for it, nor renewed. */
  states(): readonly UpstreamState[];
  /**
   * Looks at an upstream at once, by what it can be asked without cost, and ends its rests, and those of its models, if it answers. How it is then;
   * where it does not answer, with what it said. Throws kind `not-found` where there is none of that name; rejects when `signal` aborts.
   */
  tryUpstream(name: string, signal: AbortSignal): Promise<UpstreamState>;
  /** The catalogue as it was last made, at once; `undefined`: nobody has asked for one yet. */
  readonly lastCatalogue: Catalogue | undefined;
  /** The upstream of a leg. */
  upstreamOf(leg: Pick<Leg, "upstream">): Upstream;
  /** All that are used, in their order. Never empty. */
  readonly upstreams: readonly Upstream[];
  /**
   * From now on these are used. What is under way goes on as it began; an upstream that is no longer there is closed when
   * nothing of it is under way.
   */
  replace(upstreams: readonly Upstream[], names: readonly OwnName[]): void;
  /** Closes all upstreams. */
  close(): Promise<void>;
}
