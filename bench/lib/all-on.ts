import { send } from "./client.ts";

const adminToken = "bench-admin";

/**
 * Everything that can be switched on: what the column "all on" costs beside the same gateway with its default settings. A
 * feature that has a setting is a line here.
 */
export const allOn = {
  /** The environment. `folder` is empty and its own. */
  settings: (folder: string): Readonly<Record<string, string>> => ({
    ADMIN_TOKEN: adminToken,
    DATA_DIR: folder,
    METRICS_ADDRESS: "127.0.0.1:0",
    LOG_LEVEL: "info",
  }),
  /** Makes the key that requests send: with five limits, none of which is reached. */
  async createKey(url: string): Promise<string> {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const limits = {
      requests_per_minute: 1e9,
      tokens_per_minute: 1e12,
      tokens_per_day: 1e13,
      concurrency: 1e5,
      budget: { tokens: 1e14, period: "month" },
    };
    const body = JSON.stringify({ name: "bench", ...limits });
    const { status, text } = await send({ url, headers }, { path: "/admin/v1/keys", body });
    if (status !== 201) throw new Error(`no key: ${status} ${text}`);
    return (JSON.parse(text) as { readonly key: string }).key;
  },
} as const;
