import { request } from "undici";
import type { Config } from "../config.ts";
import { localUrl } from "./local-url.ts";

/** Asks the gateway of this configuration for `/health`. Resolves to the exit code: 0 only for a 200. */
export async function healthcheck(config: Config): Promise<number> {
  try {
    const response = await request(`${localUrl(config)}/health`, { headersTimeout: 4000 });
    await response.body.dump();
    return response.statusCode === 200 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
