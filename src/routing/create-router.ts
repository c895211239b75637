import { GatewayError, shorten, toGatewayError } from "../errors.ts";
import type { Leg } from "../model/leg.ts";
import type { Notices } from "../model/notices.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { Upstream } from "../upstreams/upstream.ts";
import { listNow, showNow } from "./catalogue.ts";
import { createCatalogueKeeper } from "./catalogue-keeper.ts";
import { conversationKey, createConversations } from "./conversations.ts";
import { createHealth, type HealthOptions, type Rest, type RestListener } from "./health.ts";
import { lookAtUpstream } from "./look-at-upstream.ts";
import type { Catalogue, OwnName, Router, UpstreamProblem, UpstreamState } from "./router.ts";
import { attemptLegs, progressOfBatch } from "./run-attempts.ts";
import { followRests, type IdentifyUpstream, tellRestIsOver, tellRests } from "./share-rests.ts";

/** What a router is made of. */
export interface RouterOptions {
  /** In the order in which they are asked; at least one. */
  readonly upstreams: readonly Upstream[];
  readonly names?: readonly OwnName[];
  /** Ms since the epoch. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Told when an upstream or a model at it begins to rest. */
  readonly onRest?: HealthOptions["onRest"];
  /** What other processes have learned, and are told of. */
  readonly notices?: Notices | undefined;
  /** By what they know an upstream of that name. Default: the name. */
  readonly identify?: IdentifyUpstream | undefined;
}

/** An upstream, and how many answers of it are under way. */
interface Member {
  readonly upstream: Upstream;
  running: number;
  /** No longer used: closed when nothing is under way. */
  isGone: boolean;
}

/** Creates the router. Nothing is asked before the first call. */
export function createRouter(options: RouterOptions): Router {
  const { now, startTimer, notices, identify } = options;
  const listeners = [options.onRest, notices && tellRests(notices, identify)].filter(
    (one) => one !== undefined,
  );
  const onRestOver = notices && tellRestIsOver(notices, identify);
  const onRest: RestListener = (rest) => listeners.forEach((tell) => tell(rest));
  const health = createHealth({ now, onRest });
  const places = createConversations({ now });
  let members = new Map<string, Member>();
  let keeper = use(options.upstreams, options.names ?? []);
  if (notices !== undefined) followRests(notices, health, () => members.keys(), identify);

  function use(upstreams: readonly Upstream[], names: readonly OwnName[]) {
    const next = new Map<string, Member>();
    for (const upstream of upstreams) {
      const known = members.get(upstream.name);
      const isSame = known?.upstream === upstream;
      if (known !== undefined && !isSame) health.forget(upstream.name);
      next.set(upstream.name, isSame ? known : { upstream, running: 0, isGone: false });
    }
    for (const member of members.values()) {
      if ([...next.values()].includes(member)) continue;
      member.isGone = true;
      closeIfIdle(member);
    }
    members = next;
    return createCatalogueKeeper({ upstreams, names, startTimer });
  }

  function closeIfIdle(member: Member): void {
    // Whoever asked is answered; how the connections end is nobody's concern.
    if (member.isGone && member.running === 0) member.upstream.close().catch(() => undefined);
  }

  function memberOf({ upstream }: Pick<Leg, "upstream">): Member {
    const member = members.get(upstream);
    if (member !== undefined) return member;
    throw new GatewayError("model-not-found", `This gateway has no upstream \`${upstream}\` any more.`, {
      param: "model",
      retry: "other",
      shouldRetry: false,
    });
  }

  /** Behind those of which something came stand those that gave not even their list. */
  function reachableFirst(legs: readonly Leg[]): readonly Leg[] {
    const unreachable = keeper.last?.unreachable;
    if (legs.length < 2 || unreachable === undefined || unreachable.size === 0) return legs;
    const isReachable = ({ upstream }: Leg): boolean => !unreachable.has(upstream);
    return [...legs.filter(isReachable), ...legs.filter((leg) => !isReachable(leg))];
  }

  /** An upstream that is known to have a new budget rests no longer for the old one. */
  function wake(legs: readonly Leg[]): void {
    for (const leg of legs) {
      const rest = health.restOf(leg);
      if (rest?.error.kind !== "budget-exhausted") continue;
      if (memberOf(leg).upstream.budget()?.spent === false) health.forget(leg.upstream);
    }
  }

  /** Tells of legs whether they answer now. What an upstream itself knows of its budget counts as what it has said. */
  function judgeLegs({ unreachable }: Catalogue): (leg: Leg) => boolean {
    const spent = new Set(
      [...members.values()]
        .filter(({ upstream }) => upstream.budget()?.spent === true)
        .map(({ upstream }) => upstream.name),
    );
    return (leg) => {
      if (!members.has(leg.upstream) || spent.has(leg.upstream) || unreachable.has(leg.upstream))
        return false;
      wake([leg]);
      const availability = health.availability(leg);
      return availability === "ready" || availability === "due";
    };
  }

  /** How an upstream is, by what rests now. */
  function stateOf({ upstream }: Member, rests: readonly Rest[]): UpstreamState {
    const own = rests.filter((rest) => rest.upstream === upstream.name);
    const restsUntil = own.find(({ model }) => model === undefined)?.until;
    const budget = upstream.budget({ renew: false });
    const isShut = budget?.spent === true || keeper.last?.unreachable.has(upstream.name) === true;
    return {
      upstream: upstream.name,
      up: restsUntil === undefined && !isShut,
      restsUntil,
      restingModels: own.filter(({ model }) => model !== undefined).length,
      budget,
      problem: findProblem(
        own,
        keeper.last?.withoutList.find((one) => one.upstream === upstream.name)?.failure,
      ),
    };
  }

  /** Ends what rests of an upstream, here and in other processes. */
  function endRests(name: string): void {
    for (const rest of health.rests()) if (rest.upstream === name) onRestOver?.(rest);
    health.forget(name);
  }

  const route: Router["route"] = (options, sink) => {
    const { signal, watch, conversation } = options;
    const legs = reachableFirst(options.legs);
    const key =
      legs.length < 2 || conversation === undefined
        ? undefined
        : conversationKey(options.model, conversation);
    if (legs.length > 1) wake(legs);
    let asked: Member | undefined;
    return attemptLegs(
      {
        legs,
        signal,
        health,
        now,
        progressOf: options.progressOf,
        async ask(leg, asking, give) {
          const member = memberOf(leg);
          asked = member;
          member.running += 1;
          await options.ask(leg, member.upstream, { ...asking, watch }, give);
        },
        onLeave() {
          if (asked === undefined) return;
          asked.running -= 1;
          closeIfIdle(asked);
          asked = undefined;
        },
        ...(key === undefined ? {} : { conversation: { key, places } }),
        ...(watch?.startAttempt === undefined ? {} : { onStart: (leg) => watch.startAttempt?.(leg) }),
        ...(watch?.attempt === undefined ? {} : { onAttempt: (attempt) => watch.attempt?.(attempt) }),
      },
      sink,
    );
  };

  return {
    catalogue: (signal) => keeper.now(signal),
    refresh: (signal) => keeper.refresh(signal),
    async listModels(signal) {
      const catalogue = await catalogueOrFailure(keeper.now(signal));
      return listNow(catalogue, judgeLegs(catalogue));
    },
    async showModel(model, signal) {
      return showNow(model, judgeLegs(await catalogueOrFailure(keeper.now(signal))));
    },
    answer: (options, sink) => route({ ...options, progressOf: progressOfBatch }, sink),
    route,
    states() {
      const rests = health.rests();
      return [...members.values()].map((member) => stateOf(member, rests));
    },
    async tryUpstream(name, signal) {
      const member = members.get(name);
      if (member === undefined) {
        const names = [...members.keys()].join(", ");
        const text = `This gateway has no upstream \`${shorten(name)}\`. It has: ${names}.`;
        throw new GatewayError("not-found", text, { param: "name", shouldRetry: false, sent: [name] });
      }
      const look = await lookAtUpstream(member.upstream, signal);
      if (look.kind === "answers") endRests(name);
      // Whether its list is there may be another matter than before.
      await keeper.now(signal);
      const state = stateOf(member, health.rests());
      if (look.kind !== "fails") return state;
      const rest = state.restsUntil === undefined ? undefined : state.problem?.rest;
      return { ...state, up: false, problem: { error: look.failure, model: undefined, rest } };
    },
    get lastCatalogue() {
      return keeper.last;
    },
    upstreamOf: (leg) => memberOf(leg).upstream,
    get upstreams() {
      return [...members.values()].map(({ upstream }) => upstream);
    },
    replace(upstreams, names) {
      keeper = use(upstreams, names);
    },
    async close() {
      await Promise.all([...members.values()].map(({ upstream }) => upstream.close()));
    },
  };
}

/** The worst of the rests of one upstream and of why it gave no list. */
function findProblem(rests: readonly Rest[], failure: GatewayError | undefined): UpstreamProblem | undefined {
  const newest = rests.toSorted((one, other) => other.since - one.since);
  const whole = newest.find(({ model }) => model === undefined);
  if (whole === undefined && failure !== undefined)
    return { error: failure, model: undefined, rest: undefined };
  const rest = whole ?? newest[0];
  if (rest === undefined) return undefined;
  const { error, model, since, until, told } = rest;
  return { error, model, rest: { since, until, told } };
}

async function catalogueOrFailure(asking: Promise<Catalogue>): Promise<Catalogue> {
  const catalogue = await asking;
  if (catalogue.models.length > 0) return catalogue;
  throw catalogue.failure ?? toGatewayError(new Error("No upstream lists a model."));
}
