import { toGatewayError, type GatewayError } from "../errors.ts";
import type { Services } from "../services.ts";
import type { Upstream } from "../upstreams/upstream.ts";

/** What came of asking an upstream for its models. */
export interface RefreshedList {
  readonly upstream: Upstream;
  /** Why it has none. */
  readonly failure: GatewayError | undefined;
}

/**
 * Asks all upstreams for their models and waits as long as it takes, a minute at most: the few seconds that a request waits
 * would be too short for who asks for nothing else. Rejects only when the signal aborts.
 */
export async function refreshLists(
  { router }: Pick<Services, "router">,
  signal: AbortSignal,
): Promise<readonly RefreshedList[]> {
  return Promise.all(
    router.upstreams.map(async (upstream) => {
      const failure = await upstream.refreshModels(signal, { patient: true }).then(
        () => undefined,
        (error: unknown) => toGatewayError(error),
      );
      if (signal.aborted && failure !== undefined) throw failure;
      return { upstream, failure };
    }),
  );
}
