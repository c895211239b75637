import { GatewayError, toGatewayError } from "../../errors.ts";
import type { CompatibleServer } from "./create-server.ts";
import { decodeList, type ListedModel } from "./decode-models.ts";
import type { ServerRules } from "./server-rules.ts";
import { recogniseServer } from "./servers/index.ts";
import { unknown } from "./servers/unknown.ts";

/** What a server lists, and what server it is. */
export interface FetchedList {
  readonly rules: ServerRules;
  readonly models: readonly ListedModel[];
}

/** With whom a list is fetched. */
export interface FetchListOptions {
  readonly server: CompatibleServer;
  readonly baseUrl: string;
  /** Those of the configured type. */
  readonly rules: ServerRules;
  readonly now: () => number;
}

/**
 * Fetches the list that says most. A server of unknown type is recognised by its address, or by whom its models belong to; then its
 * own lists are asked for as well. Throws the first failure if there is no list at all.
 */
export async function fetchList(options: FetchListOptions, signal: AbortSignal): Promise<FetchedList> {
  const { rules } = options;
  if (rules !== unknown) return { rules, models: await fetchFirst(options, rules.discovery.lists, signal) };
  const { baseUrl } = options;
  const byHost = recogniseServer({ baseUrl });
  if (byHost !== unknown) return fetchList({ ...options, rules: byHost }, signal);
  const models = await fetchFirst(options, unknown.discovery.lists, signal);
  const ownedBy = models.flatMap(({ model }) => model.ownedBy ?? []);
  const recognised = recogniseServer({ baseUrl, ownedBy });
  const own = recognised.discovery.lists.filter((path) => !unknown.discovery.lists.includes(path));
  if (own.length === 0) return { rules: recognised, models };
  try {
    return { rules: recognised, models: await fetchFirst(options, recognised.discovery.lists, signal) };
  } catch {
    // The usual list is there all the same.
    return { rules: recognised, models };
  }
}

/** What will be so at every path of the server. */
const everywhere: ReadonlySet<GatewayError["kind"]> = new Set([
  "upstream-unauthorized",
  "credit-exhausted",
  "rate-limited",
  "budget-exhausted",
  "aborted",
]);

async function fetchFirst(
  { server, now }: FetchListOptions,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  let failure: GatewayError | undefined;
  for (const path of paths) {
    try {
      const list = decodeList(await server.fetchJson(path, signal), now());
      if (list !== undefined) return list;
      failure ??= new GatewayError(
        "upstream-protocol",
        `${server.title} gives no list of models that can be read.`,
      );
    } catch (error) {
      const own = toGatewayError(error);
      failure ??= own;
      if (everywhere.has(own.kind) || signal.aborted) throw own;
    }
  }
  throw failure ?? new GatewayError("not-found", `${server.title} has no list of models.`);
}
