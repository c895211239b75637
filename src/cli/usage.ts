import type { Config } from "../config.ts";
import { encodeUsage, usageObject, type UsageObject } from "../dialects/encode-gateway-usage.ts";
import { createPaint, hasColours } from "../pretty/create-paint.ts";
import { NoGatewayError } from "./connect/ask-gateway.ts";
import { fetchJson, findGateway } from "./connect/find-target.ts";
import { describeUsage } from "./describe-usage.ts";
import { refreshLists } from "./refresh-lists.ts";
import { withServices, type ServicesOptions } from "./with-services.ts";

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
export async function usage(config: Config, options: UsageOptions, given: ServicesOptions): Promise<void> {
  const found = await findUsage(config, options, given);
  const { output, environment } = given.terminal;
  const isTerminal = output.isTTY === true;
  const text =
    options.json === true
      ? `${JSON.stringify(found, undefined, 2)}\n`
      : describeUsage(found, {
          now: Date.now(),
          paint: createPaint(hasColours(isTerminal, environment)),
          bar: isTerminal,
        });
  output.write(text);
}

async function findUsage(
  config: Config,
  options: UsageOptions,
  given: ServicesOptions,
): Promise<UsageObject> {
  const gateway = findGateway(config, { url: options.url, key: undefined }, given.terminal);
  try {
    return await fetchJson(gateway, "/v1/usage", usageObject);
  } catch (error) {
    if (!(error instanceof NoGatewayError) || options.url !== undefined) throw error;
  }
  options.beforeUpstreams?.();
  return askUpstreams(config, gateway.url, given);
}

function askUpstreams(config: Config, url: string, given: ServicesOptions): Promise<UsageObject> {
  return withServices(config, given, async (services, signal) => {
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
    given.terminal.errors.write(`No gateway answers at ${url}: this is ${told}.\n`);
    return found;
  });
}
