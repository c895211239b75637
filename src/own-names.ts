import type { GatewayConfiguration } from "./config-file/index.ts";
import type { OwnName } from "./routing/router.ts";

/** The operator's own names as the router knows them. */
export function toOwnNames({ models }: Pick<GatewayConfiguration, "models">): readonly OwnName[] {
  return models.map(({ name, targets }) => ({
    name,
    targets: targets.map(({ upstream, model }) => `${upstream}/${model}`),
  }));
}
