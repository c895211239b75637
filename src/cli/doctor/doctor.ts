import { loadConfiguration, type Environment } from "../../config-file/index.ts";
import { showText } from "../../config-file/shown-text.ts";
import { ConfigError, readConfig, type Config } from "../../config.ts";
import type { UpstreamEntry } from "../../upstreams/upstream-entry.ts";
import { nameOrigins } from "../settings/name-origins.ts";
import { openServices, type ServicesOptions } from "../with-services.ts";
import { checkGateway } from "./check-gateway.ts";
import { checkUpstream } from "./check-upstream.ts";
import { createChecklist, type Write } from "./checklist.ts";
import { probeModels } from "./probe-models.ts";

/** What `doctor` is given. */
export interface DoctorOptions extends ServicesOptions {
  /** The file that a setting is from. */
  readonly origins: ReadonlyMap<string, string>;
  /** Models to be asked for a few tokens, which may cost money. */
  readonly probe: readonly string[];
}

/**
 * Checks, in order, what answers need: the configuration; of each upstream login or key, models, budget, and a tiny completion
 * where that costs nothing; what rests at the gateway that runs; and what is probed. Says of each what was seen and, when it
 * fails, what to do. Resolves to the exit code: 0 when no check fails, 2 for a wrong configuration, otherwise 1.
 */
export async function doctor(options: DoctorOptions): Promise<number> {
  const { terminal, variables, origins } = options;
  const write: Write = (line) => terminal.output.write(`${line}\n`);
  let config: Config;
  let entries: readonly UpstreamEntry[];
  try {
    config = readConfig(variables);
    entries = loadConfiguration(config, variables, terminal.folder).configuration.upstreams;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    write("FAIL  configuration");
    for (const problem of nameOrigins(error, origins).problems) write(`        ${problem}`);
    write(
      "      docs/configuration.md lists every setting, docs/upstreams.md explains the file of upstreams.",
    );
    return 2;
  }
  const names = entries.map(({ name }) => name).join(", ");
  write(
    entries.length === 1
      ? `ok    configuration   the upstream ${names}`
      : `ok    configuration   ${entries.length} upstreams, asked in this order: ${names}`,
  );
  return runChecks(config, entries, write, options);
}

async function runChecks(
  config: Config,
  entries: readonly UpstreamEntry[],
  write: Write,
  { probe, ...given }: DoctorOptions,
): Promise<number> {
  const { terminal, variables } = given;
  const list = createChecklist(write);
  let asleep: readonly string[] = [];
  const services = await openServices(config, given);
  try {
    for (const entry of entries) {
      write(`${entry.name}: ${entry.type} at ${showText(entry.baseUrl)}${describeProxy(variables, entry)}`);
      const upstream = services.router.upstreamOf({ upstream: entry.name });
      await checkUpstream(upstream, { entry, services, list });
    }
    asleep = await checkGateway(config, list, terminal);
    await probeModels(probe, services, list);
    if (probe.length > 0) write(describeMemory(config));
  } finally {
    await services.close();
  }
  write(list.failures > 0 ? "docs/troubleshooting.md says more." : describeSuccess(asleep));
  return list.failures === 0 ? 0 : 1;
}

/** `asleep`: upstreams that the running gateway does not ask now, though they answer here. */
function describeSuccess(asleep: readonly string[]): string {
  return asleep.length === 0
    ? "Everything works."
    : `Every check went well, but the running gateway does not ask ${asleep.join(" and ")} at the moment. docs/routing.md says for how long.`;
}

function describeMemory({ DATA_DIR }: Config): string {
  return DATA_DIR === undefined
    ? "What was found is not kept, since DATA_DIR is not set."
    : `What was found is kept in ${DATA_DIR}, and used by a gateway that starts with it.`;
}

function describeProxy(environment: Environment, { baseUrl }: UpstreamEntry): string {
  const name = baseUrl.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = environment[name] ?? environment[name.toLowerCase()];
  if (proxy === undefined || proxy === "") return "";
  // A proxy's URL may hold a password.
  return `, by the proxy ${URL.canParse(proxy) ? new URL(proxy).host : `in ${name} (not a valid URL)`}`;
}
