import type { Config } from "../config.ts";
import { createAkashChatInspector, type AkashChatInspector } from "../upstreams/akash-chat/inspect.ts";

/** An inspector of the configured upstream for commands, which tell by themselves what they find and keep no log. */
export function createInspector(config: Config): AkashChatInspector {
  const log = { debug() {}, info() {}, warn() {} };
  return createAkashChatInspector({ config, log, now: Date.now });
}
