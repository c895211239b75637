import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type CompatibleModel,
  type CompatibleSimulator,
  startCompatibleSimulator,
} from "../../src/simulator/compatible/index.ts";
import type { SimulatorOptions } from "../../src/simulator/index.ts";
import { type Stack, startStack } from "./start-stack.ts";

/** A gateway with a `gateway.yaml` of three upstreams: the web chat (`web`), AkashML (`paid`), and one that is down (`gone`). */
export interface MergedStack extends Stack {
  readonly paid: CompatibleSimulator;
  /** Its time, in ms since the epoch, stands still unless it is moved. */
  readonly clock: { now: number };
}

/** What a merged stack is made from. */
export interface MergedOptions {
  /** What stands behind the upstreams in the file. */
  readonly file?: string;
  readonly models?: readonly CompatibleModel[];
  readonly simulator?: SimulatorOptions;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one. Use `await using`. */
export async function startMerged(options: MergedOptions = {}): Promise<MergedStack> {
  const clock = { now: Date.parse("2026-11-26T12:00:00Z") };
  const now = () => clock.now;
  const folder = mkdtempSync(join(tmpdir(), "merged-"));
  const file = join(folder, "gateway.yaml");
  const paid = await startCompatibleSimulator({
    persona: "akashml",
    ...(options.models === undefined ? {} : { models: options.models }),
  });
  const port = await findDeadPort();
  const stack = await startStack({
    env: { CONFIG_FILE: file, ...options.env },
    simulator: { now, ...options.simulator },
    overrides: { now },
    baseUrl(web) {
      const upstreams = [
        `{ name: web, type: akash-chat, base_url: "${web}" }`,
        `{ name: paid, type: akashml, api_key: any, base_url: "${paid.baseUrl}" }`,
        `{ name: gone, type: openai, base_url: "http://127.0.0.1:${port}/v1" }`,
      ];
      writeFileSync(
        file,
        `upstreams:\n${upstreams.map((line) => `  - ${line}\n`).join("")}${options.file ?? ""}`,
      );
      return web;
    },
  });
  async function close(): Promise<void> {
    await stack.close();
    await paid.close();
    rmSync(folder, { recursive: true });
  }
  return { ...stack, paid, clock, close, [Symbol.asyncDispose]: close };
}

/** A port at which nobody listens. */
async function findDeadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return address.port;
}
