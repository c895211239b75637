import { isDeepStrictEqual } from "node:util";

import { createUpstream, type UpstreamSurroundings } from "./create-upstream.ts";
import type { UpstreamEntry } from "./upstream-entry.ts";
import type { Upstream } from "./upstream.ts";

/** Makes the upstreams of one configuration after the other. */
export interface UpstreamMaker {
  /**
   * The upstreams of these entries, in their order. One whose entry is as it was before is the same as before, with all that it
   * knows. Throws `ConfigError`.
   */
  use(entries: readonly UpstreamEntry[]): readonly Upstream[];
}

/** Creates the maker. It closes nothing. */
export function createUpstreams(surroundings: UpstreamSurroundings): UpstreamMaker {
  let known: readonly { readonly entry: UpstreamEntry; readonly upstream: Upstream }[] = [];
  return {
    use(entries) {
      known = entries.map((entry) => {
        const same = known.find((one) => isDeepStrictEqual(one.entry, entry));
        return same ?? { entry, upstream: createUpstream(entry, surroundings) };
      });
      return known.map(({ upstream }) => upstream);
    },
  };
}
