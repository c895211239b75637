import { request } from "undici";
import { z } from "zod";

import type { Config } from "../config.ts";
import { findGateway, NoGatewayError } from "./connect/find-target.ts";
import { ownCommand } from "./look-around.ts";
import { userSettingsFile } from "./settings/user-file.ts";
import { UsageError } from "./usage-error.ts";

const refusal = z.object({ error: z.object({ message: z.string() }) });

/** What the admin API answered, as text. */
export interface AdminAnswer {
  readonly text: string;
  /** Without parameters: `text/csv`. */
  readonly type: string;
}

/**
 * Asks the admin API of the running gateway: `path` is below `/admin/v1`. Throws `NoGatewayError` when nothing answers, `UsageError`
 * when there is no `ADMIN_TOKEN`, or the gateway refuses.
 */
export async function askAdmin(config: Config, url: string | undefined, path: string): Promise<AdminAnswer> {
  if (config.ADMIN_TOKEN === "") {
    throw new UsageError(
      "This asks the gateway's admin API, which wants ADMIN_TOKEN, and none is set here. Give what it is for the gateway, in the\n" +
        `environment of this command (ADMIN_TOKEN=... ${ownCommand()} ...), or for good by a line ADMIN_TOKEN=... in ${userSettingsFile(process.env)}.`,
    );
  }
  const gateway = findGateway(config, { url, key: config.ADMIN_TOKEN });
  let status: number;
  let text: string;
  let type: string;
  try {
    const response = await request(`${gateway.url}/admin/v1${path}`, {
      headers: { authorization: `Bearer ${gateway.apiKey}` },
      headersTimeout: 60_000,
    });
    status = response.statusCode;
    text = await response.body.text();
    type = String(response.headers["content-type"] ?? "").replace(/;.*/, "");
  } catch (error) {
    throw new NoGatewayError(
      `No gateway answers at ${gateway.url} (${error instanceof Error ? error.message : String(error)}).\n` +
        `Start it first (${ownCommand()} serve). If it is elsewhere, name it with --url.`,
    );
  }
  if (status === 200) return { text, type };
  const refused = refusal.safeParse(parseJson(text));
  throw new UsageError(
    refused.success
      ? refused.data.error.message
      : `Something else than a gateway answers at ${gateway.url} (status ${status}). Name the gateway's address with --url.`,
  );
}

/** `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
