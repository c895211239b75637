/**
 * Everything that can be switched on: what the column "all on" costs beside the same gateway with its default settings. A
 * feature that has a setting is a line here.
 */
export const allOn = {
  /** The key that requests send. */
  key: "bench-key",
  /** The environment. `folder` is empty and its own. */
  settings: (folder: string): Readonly<Record<string, string>> => ({
    BEARER_TOKEN: "bench-key",
    DATA_DIR: folder,
    LOG_LEVEL: "info",
  }),
} as const;
