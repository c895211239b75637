import { join } from "node:path";

import type { Config } from "../../config.ts";
import type { UpstreamLog } from "../http/upstream-log.ts";
import type { CapabilityMemory } from "./capability-memory.ts";
import { openFileCapabilities } from "./file-capabilities.ts";
import { createMemoryCapabilities } from "./memory-capabilities.ts";

/** What answers have shown of models: kept in `DATA_DIR`, or, without one, as long as the process runs. */
export async function openCapabilities(
  { DATA_DIR }: Pick<Config, "DATA_DIR">,
  log: UpstreamLog,
): Promise<CapabilityMemory> {
  return DATA_DIR === undefined
    ? createMemoryCapabilities()
    : openFileCapabilities(join(DATA_DIR, "upstreams.json"), log);
}
