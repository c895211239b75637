import type { Config } from "../config.ts";
import { encodeUsage, usageObject, type UsageObject } from "../dialects/encode-gateway-usage.ts";
import { createPaint, hasColours } from "../pretty/create-paint.ts";
import { fetchJson, findGateway, NoGatewayError } from "./connect/find-target.ts";
import { createInspector } from "./create-inspector.ts";
import { describeUsage } from "./describe-usage.ts";

/** Options of `usage`. */
export interface UsageOptions {
  /** Where the gateway is; default: as the configuration says. */
  readonly url?: string;
  readonly json?: boolean;
}

/**
 * Prints what is left of the budget: as the running gateway knows it, or as the upstream itself says when none runs (and
 * none was named). Throws `UsageError` when the gateway refuses, `GatewayError` when the upstream can't be asked.
 */
export async function usage(config: Config, options: UsageOptions): Promise<void> {
  const found = await findUsage(config, options);
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

async function findUsage(config: Config, options: UsageOptions): Promise<UsageObject> {
  const gateway = findGateway(config, { url: options.url, key: undefined });
  try {
    return await fetchJson(gateway, "/v1/usage", usageObject);
  } catch (error) {
    if (!(error instanceof NoGatewayError) || options.url !== undefined) throw error;
  }
  process.stderr.write(`No gateway answers at ${gateway.url}: this is what Akash Chat itself says.\n`);
  return askUpstream(config);
}

async function askUpstream(config: Config): Promise<UsageObject> {
  const inspector = createInspector(config);
  try {
    const state = await inspector.allowance(new AbortController().signal);
    return encodeUsage([{ name: "akash-chat", state }], undefined, Date.now());
  } finally {
    await inspector.close();
  }
}
