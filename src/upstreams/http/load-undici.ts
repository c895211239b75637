import { createRequire } from "node:module";

import type * as UndiciModule from "undici";

const load = createRequire(import.meta.url);

/** What connections to upstreams take of undici. */
type Undici = Pick<typeof UndiciModule, "Agent" | "EnvHttpProxyAgent" | "buildConnector">;

/**
 * Only that part of undici: all of it is 110 files (caches, mocks, WebSockets, its own `fetch`), half of which a start would
 * load for nothing. Its files have no promised places, so all of it where one is not found.
 */
export function loadUndici(): Undici {
  try {
    const Agent: Undici["Agent"] = load("undici/lib/dispatcher/agent.js");
    const EnvHttpProxyAgent: Undici["EnvHttpProxyAgent"] = load(
      "undici/lib/dispatcher/env-http-proxy-agent.js",
    );
    const buildConnector: Undici["buildConnector"] = load("undici/lib/core/connect.js");
    // Its index gives all agents such methods. The way through a proxy is the only one of its own parts that calls one.
    const dispatcher: typeof UndiciModule.Dispatcher = load("undici/lib/dispatcher/dispatcher.js");
    const connect: UndiciModule.Dispatcher["connect"] = load("undici/lib/api/api-connect.js");
    Object.assign(dispatcher.prototype, { connect });
    return { Agent, EnvHttpProxyAgent, buildConnector };
  } catch {
    const undici: Undici = load("undici");
    return undici;
  }
}
