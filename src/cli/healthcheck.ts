import { get } from "node:http";

import { defaultServerAddress, parseServerAddress } from "../server-address.ts";
import { localUrl } from "./local-url.ts";

/** A container's engine gives a check 5 seconds. */
const silenceMs = 4000;

/**
 * Asks the gateway that listens at `address`, a `SERVER_ADDRESS`, for `/health`. Resolves to the exit code: 0 for a 200,
 * else 1, and `errors` is told why. Imports no package: engines run this every few seconds.
 */
export async function healthcheck(
  address: string | undefined,
  errors: { write(text: string): unknown },
): Promise<number> {
  function unhealthy(reason: string): number {
    errors.write(`${reason}\n`);
    return 1;
  }

  const text = address?.trim() || defaultServerAddress;
  const parsed = parseServerAddress(text);
  if (parsed === undefined) return unhealthy(`SERVER_ADDRESS is not host:port: ${text}`);
  if (parsed.port === 0)
    return unhealthy("SERVER_ADDRESS has port 0, a free one: nobody else knows which. Name a port.");
  const url = `${localUrl({ SERVER_ADDRESS: parsed })}/health`;
  try {
    const status = await readStatus(url);
    return status === 200 ? 0 : unhealthy(`${url} answered ${status}.`);
  } catch (error) {
    return unhealthy(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readStatus(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    // Without an agent, which would keep the connection and with it the process.
    const request = get(url, { agent: false, timeout: silenceMs }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`nothing came for ${silenceMs} ms`)));
  });
}
