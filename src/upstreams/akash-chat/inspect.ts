import type { AllowanceState } from "../../model/budget.ts";
import { createClient } from "./client.ts";
import type { ModelList } from "./decode-models.ts";
import { createNoModelsError, fetchModels } from "./fetch-models.ts";
import type { AkashChatOptions } from "./options.ts";
import { createSession } from "./session.ts";
import { toAllowanceState } from "./to-budget.ts";
import { fetchUsageStatus, type UsageStatus } from "./usage-status.ts";

/** What a diagnosis wants to know of an upstream, each step by itself. All methods throw `GatewayError`. */
export interface AkashChatInspector {
  /** Obtains a session. `needed: false`: this instance works without. */
  session(signal: AbortSignal): Promise<{ readonly needed: boolean; readonly lifetimeMs: number }>;
  /** The models as the upstream lists them now, uncached. */
  models(signal: AbortSignal): Promise<ModelList>;
  /** `undefined`: this instance does not count. */
  usage(signal: AbortSignal): Promise<UsageStatus | undefined>;
  /** The same, as a gateway tells it. */
  allowance(signal: AbortSignal): Promise<AllowanceState>;
  close(): Promise<void>;
}

/** Creates an inspector with connections of its own. */
export function createAkashChatInspector(options: AkashChatOptions): AkashChatInspector {
  const client = createClient(options);
  const session = createSession(client, options);
  const { now } = options;

  function usage(signal: AbortSignal): Promise<UsageStatus | undefined> {
    return fetchUsageStatus(client, { signal, now: now(), token: session.current });
  }

  return {
    async session(signal) {
      const { token, lifetimeMs } = await session.get(signal);
      return { needed: token !== undefined, lifetimeMs };
    },
    async models(signal) {
      const list = await fetchModels({ client, session, now }, signal);
      if (list === undefined) throw createNoModelsError();
      return list;
    },
    usage,
    async allowance(signal) {
      return toAllowanceState(await usage(signal), now());
    },
    close: () => client.close(),
  };
}
