import type { GatewayConfiguration } from "./config-file/index.ts";
import type { Router, UpstreamState } from "./routing/router.ts";
import type { UpstreamStatus } from "./server/status/upstream-status.ts";

/** How the upstreams are, with what kind of server each is. */
export function listUpstreamStatus(
  router: Pick<Router, "states">,
  configuration: Pick<GatewayConfiguration, "upstreams">,
): readonly UpstreamStatus[] {
  return router.states().map((state) => toUpstreamStatus(state, configuration));
}

/** How an upstream is, with what kind of server it is. */
export function toUpstreamStatus(
  { upstream, up, restingModels, problem }: UpstreamState,
  { upstreams }: Pick<GatewayConfiguration, "upstreams">,
): UpstreamStatus {
  const type = upstreams.find(({ name }) => name === upstream)?.type ?? "other";
  return { name: upstream, type, up, restingModels, problem };
}

/** Where an upstream of the configuration is. */
export function addressOf(
  { upstreams }: Pick<GatewayConfiguration, "upstreams">,
  upstream: string,
): URL | undefined {
  const entry = upstreams.find(({ name }) => name === upstream);
  return entry === undefined ? undefined : new URL(entry.baseUrl);
}
