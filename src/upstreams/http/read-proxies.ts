import type { ProxySettings } from "./create-dispatcher.ts";

/** The proxies that an environment names. Of two spellings the small one wins, as in undici, which reads those of the process. */
export function readProxies(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY } = environment;
  return {
    http: http_proxy ?? HTTP_PROXY ?? "",
    https: https_proxy ?? HTTPS_PROXY ?? "",
    no: no_proxy ?? NO_PROXY ?? "",
  };
}
