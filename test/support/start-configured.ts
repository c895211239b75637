import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readConfig } from "../../src/config.ts";
import { createGateway, type Gateway } from "../../src/gateway.ts";
import type { Overrides } from "../../src/services.ts";

/** The real gateway with a `gateway.yaml` of its own. */
export interface Configured extends AsyncDisposable {
  /** The gateway's base URL, without `/v1`. */
  readonly url: string;
  readonly gateway: Gateway;
  readonly folder: string;
  /** Puts another file in the place of the old one, in one step as editors do. */
  write(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a gateway over the upstreams of a file, on a free port and without a log. Use `await using`, or `close`. */
export async function startConfigured(
  file: string,
  options: {
    readonly env?: Readonly<Record<string, string>> | undefined;
    readonly overrides?: Overrides | undefined;
  } = {},
): Promise<Configured> {
  const folder = await mkdtemp(join(tmpdir(), "configured-"));
  const path = join(folder, "gateway.yaml");
  async function write(text: string): Promise<void> {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }
  await write(file);
  const config = readConfig({
    SERVER_ADDRESS: "127.0.0.1:0",
    CONFIG_FILE: path,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
    ...options.env,
  });
  const gateway = await createGateway(config, options.overrides);
  const url = await gateway.listen();
  async function close(): Promise<void> {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  }
  return { url, gateway, folder, write, close, [Symbol.asyncDispose]: close };
}
