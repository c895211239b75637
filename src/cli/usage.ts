import type { Environment } from "../config-file/index.ts";
import type { Config } from "../config.ts";
import { encodeUsage, usageObject, type UsageObject } from "../dialects/encode-gateway-usage.ts";
import { createPaint, hasColours } from "../pretty/create-paint.ts";
import { NoGatewayError } from "./connect/ask-gateway.ts";
import { fetchJson, findGateway } from "./connect/find-target.ts";
import { describeUsage } from "./describe-usage.ts";
import { refreshLists } from "./refresh-lists.ts";
import { withServices } from "./with-services.ts";

/** Options of `usage`. */
export interface UsageOptions {
  /** Where the gateway is; default: as the configuration says. */
  readonly url?: string;
  readonly json?: boolean;
  /** Called when no gateway runs, so that the upstreams themselves are asked. */
  readonly beforeUpstreams?: () => void;
}

/**
 * Prints what is left of the budgets: as the running gateway knows it, or as the upstreams themselves say when none runs (and
 * none was named). Throws `UsageError` when the gateway refuses, `GatewayError` when no upstream can be asked.
 */
export async function usage(config: Config, environment: Environment, options: UsageOptions): Promise<void> {
  const found = await findUsage(config, environment, options);
  const { stdout } = process;
  const text =
    options.json === true
      ? `${JSON.stringify(found, undefined, 2)}\n`
      : describeUsage(found, {
          now: Date.now(),
          paint: createPaint(hasColours(stdout.isTTY, process.env)),
          bar: stdout.isTTY,
        });
  stdout.write(text);
}

async function findUsage(
  config: Config,
  environment: Environment,
  options: UsageOptions,
): Promise<UsageObject> {
  const gateway = findGateway(config, { url: options.url, key: undefined });
  try {
    return await fetchJson(gateway, "/v1/usage", usageObject);
  } catch (error) {
    if (!(error instanceof NoGatewayError) || options.url !== undefined) throw error;
  }
  options.beforeUpstreams?.();
  return askUpstreams(config, environment, gateway.url);
}

function askUpstreams(config: Config, environment: Environment, url: string): Promise<UsageObject> {
  return withServices(config, environment, async (services, signal) => {
    const found = encodeUsage(await services.allowances(signal), undefined, Date.now());
    if (found.upstreams.every(({ state }) => state === "unknown")) {
      // Whoever can't be reached says nothing, and that is another thing.
      const lists = await refreshLists(services, signal);
      const [first] = lists;
      if (first?.failure !== undefined && lists.every(({ failure }) => failure !== undefined))
        throw first.failure;
    }
    const [only, ...others] = found.upstreams;
    const told =
      others.length === 0
        ? `what ${only?.name ?? "nobody"} itself says`
        : "what the upstreams themselves say";
    process.stderr.write(`No gateway answers at ${url}: this is ${told}.\n`);
    return found;
  });
}
