import type { BudgetState } from "../access/key-service.ts";
import type { UpstreamState } from "../routing/router.ts";
import type { OpenCounts } from "../server/open-requests.ts";
import type { ScrapedGauge } from "./scraped-gauges.ts";

/** Where the states of a gateway are looked up. */
export interface GaugeSources {
  readonly upstreams: () => readonly UpstreamState[];
  readonly underWay: () => OpenCounts;
  /** How the budgets of keys stand; those that can't be asked for now are none. */
  readonly budgets: () => Promise<readonly BudgetState[]>;
  /** Ms since the epoch. */
  readonly now: () => number;
  readonly version: string;
}

type OfUpstream = Pick<ScrapedGauge, "name" | "help"> & {
  /** `undefined`: not known, so that there is no series. */
  readonly measure: (state: UpstreamState, now: number) => number | undefined;
};

const ofUpstreams: readonly OfUpstream[] = [
  {
    name: "akashchat_upstream_up",
    help: "1, or 0 while something keeps all of the upstream from answering: a rest, a budget that is used up, no list of models.",
    measure: ({ up }) => Number(up),
  },
  {
    name: "akashchat_upstream_rest_seconds",
    help: "For how long the upstream is not asked, by its own word or by our guess; 0: it is asked.",
    measure: ({ restsUntil }, now) => (restsUntil === undefined ? 0 : Math.max(0, restsUntil - now) / 1000),
  },
  {
    name: "akashchat_upstream_models_resting",
    help: "Models that are not asked there for a while, after failures of their own.",
    measure: ({ restingModels }) => restingModels,
  },
  {
    name: "akashchat_upstream_allowance_used_ratio",
    help: "How much is used of what the upstream allows for a time: 0 to 1, and above when the last request overshot.",
    measure: ({ budget }) => (budget === undefined ? undefined : budget.usedPercent / 100),
  },
  {
    name: "akashchat_upstream_allowance_tokens",
    help: "All that the upstream allows for a time, where its size is known.",
    measure: ({ budget }) => budget?.size?.tokens,
  },
  {
    name: "akashchat_upstream_allowance_renewal_timestamp_seconds",
    help: "When the allowance is new again, in seconds since the epoch.",
    measure: ({ budget }) => (budget === undefined ? undefined : budget.resetsAt / 1000),
  },
];

/**
 * All states of a gateway that are metrics. A further one is an entry here: its `read` looks it up where it is kept (keys and their
 * budgets, a ledger's queue), without asking anybody.
 */
export function listGatewayGauges({
  upstreams,
  underWay,
  budgets,
  now,
  version,
}: GaugeSources): readonly ScrapedGauge[] {
  return [
    {
      name: "akashchat_build_info",
      help: "1; the label is the gateway's version.",
      labels: ["version"],
      together: "max",
      read: () => [[{ version }, 1]],
    },
    {
      name: "akashchat_requests_open",
      help: "Requests and background responses under way, by what they wait for.",
      labels: ["waits_for"],
      together: "sum",
      read: () =>
        Object.entries(underWay().waiting).map(([waitsFor, count]) => [{ waits_for: waitsFor }, count]),
    },
    {
      name: "akashchat_streams_open",
      help: "Answers that are being streamed.",
      labels: [],
      together: "sum",
      read: () => [[{}, underWay().streams]],
    },
    {
      name: "akashchat_background_responses_open",
      help: "Background responses under way.",
      labels: [],
      together: "sum",
      read: () => [[{}, underWay().background]],
    },
    {
      name: "akashchat_key_budget_used_ratio",
      help: "How much of a budget of keys is used or reserved, 0 to 1, and above where an answer was longer than expected; of 100 budgets at most.",
      labels: ["budget", "key"],
      together: "max",
      async read() {
        const states = await budgets();
        return states.map(({ key, state }) => [
          { budget: state.limit.id.replace(/\..*/, ""), key },
          (state.used + state.held) / state.limit.cap,
        ]);
      },
    },
    ...ofUpstreams.map(({ name, help, measure }): ScrapedGauge => ({
      name,
      help,
      labels: ["upstream"],
      // What one of them has found out, holds.
      together: name === "akashchat_upstream_up" ? "min" : "max",
      read: () =>
        upstreams().flatMap((state) => {
          const value = measure(state, now());
          return value === undefined ? [] : [[{ upstream: state.upstream }, value] as const];
        }),
    })),
  ];
}
