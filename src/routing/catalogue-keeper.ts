import { type ErrorKind, type GatewayError, toGatewayError } from "../errors.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { Upstream } from "../upstreams/upstream.ts";
import { createCatalogue } from "./catalogue.ts";
import type { Catalogue, OwnName } from "./router.ts";

/** Keeps the catalogue of some upstreams up to date. */
export interface CatalogueKeeper {
  /** As `Router.catalogue`. */
  now(signal: AbortSignal): Promise<Catalogue>;
  /** As `Router.refresh`. */
  refresh(signal: AbortSignal): Promise<Catalogue>;
  /** What was known last; `undefined`: nobody has asked yet. */
  readonly last: Catalogue | undefined;
}

/** What came of asking one upstream for its list. */
type Listing =
  | { readonly models: readonly ModelInfo[]; readonly failure?: undefined }
  | { readonly models: undefined; readonly failure: GatewayError | undefined };

/** Failures of the list that any other request would meet as well. */
const shutKinds: ReadonlySet<ErrorKind> = new Set([
  "upstream-unavailable",
  "upstream-timeout",
  "upstream-unauthorized",
]);
/** How long a list that others can do without is waited for. */
const patienceMs = 3000;

/** Creates the keeper. The catalogue is made anew only when a list has changed. */
export function createCatalogueKeeper({
  upstreams,
  names,
  startTimer,
}: {
  readonly upstreams: readonly Upstream[];
  readonly names: readonly OwnName[];
  readonly startTimer: StartTimer;
}): CatalogueKeeper {
  let last: { readonly listings: readonly Listing[]; readonly catalogue: Catalogue } | undefined;

  function toCatalogue(listings: readonly Listing[]): Catalogue {
    if (last !== undefined && areSame(last.listings, listings)) return last.catalogue;
    const offers = upstreams.map(({ name, owner, pictures }, at) => ({
      upstream: name,
      owner,
      models: listings[at]?.models,
      drawsAs: pictures?.defaultModel,
    }));
    const failure = listings.find((listing) => listing.failure !== undefined)?.failure;
    const unreachable = new Set(
      upstreams.flatMap(({ name }, at) => {
        const listing = listings[at];
        if (listing === undefined || listing.models !== undefined) return [];
        // Who has not told its list by now is as silent as one whose list timed out.
        return shutKinds.has(listing.failure?.kind ?? "upstream-timeout") ? [name] : [];
      }),
    );
    const withoutList = upstreams.flatMap(({ name }, at) =>
      listings[at]?.models === undefined ? [{ upstream: name, failure: listings[at]?.failure }] : [],
    );
    const catalogue = createCatalogue({ offers, names, failure, unreachable, withoutList });
    last = { listings, catalogue };
    return catalogue;
  }

  async function ask(asking: (upstream: Upstream) => Promise<readonly ModelInfo[]>, signal: AbortSignal) {
    const [first, ...others] = upstreams;
    if (first === undefined) throw new Error("A gateway needs an upstream.");
    const listings =
      others.length === 0
        ? [await settle(asking(first), signal)]
        : await waitForMost(
            upstreams.map((upstream) => settle(asking(upstream), signal)),
            startTimer,
          );
    // What was known of an upstream is better than nothing.
    return toCatalogue(
      listings.map((listing, at) => {
        const before = last?.listings[at];
        return listing.models === undefined && before?.models !== undefined ? before : listing;
      }),
    );
  }

  return {
    now: (signal) => ask((upstream) => upstream.listModels(signal), signal),
    refresh: (signal) => ask((upstream) => upstream.refreshModels(signal), signal),
    get last() {
      return last?.catalogue;
    },
  };
}

async function settle(asking: Promise<readonly ModelInfo[]>, signal: AbortSignal): Promise<Listing> {
  try {
    return { models: await asking };
  } catch (thrown) {
    const failure = toGatewayError(thrown);
    if (signal.aborted || failure.kind === "aborted") throw thrown;
    return { models: undefined, failure };
  }
}

/** All of them; or, after a while, those that are there, if any upstream has told what it offers. */
async function waitForMost(
  all: readonly Promise<Listing>[],
  startTimer: StartTimer,
): Promise<readonly Listing[]> {
  const settled = new Map<number, Listing>();
  const noted = all.map(async (asking, at) => settled.set(at, await asking));
  const isEnough = () => [...settled.values()].some(({ models }) => models !== undefined);
  let stopTimer: (() => void) | undefined;
  const tired = new Promise<void>((resolve) => {
    stopTimer = startTimer(patienceMs, resolve);
  });
  try {
    await Promise.race([Promise.all(noted), tired.then(() => (isEnough() ? undefined : Promise.any(noted)))]);
  } finally {
    stopTimer?.();
  }
  return all.map((_, at) => settled.get(at) ?? { models: undefined, failure: undefined });
}

function areSame(before: readonly Listing[], now: readonly Listing[]): boolean {
  return now.every((listing, at) => {
    const other = before[at];
    return other?.models === listing.models && other?.failure === listing.failure;
  });
}
