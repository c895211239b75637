import { z } from "zod";

import type { Config } from "../../config.ts";
import { askGateway, type GatewayCall, ownFile, parseJson } from "../connect/ask-gateway.ts";
import { findUrl } from "../connect/find-target.ts";
import type { Caller } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** What the admin API refused; `message` is its own. */
export class AdminRefusal extends UsageError {
  readonly status: number;
  /** The field of the body that is wrong: `requests_per_minute`, `budget.period`. */
  readonly param: string | undefined;

  constructor(message: string, status: number, param: string | undefined) {
    super(message);
    this.status = status;
    this.param = param;
  }
}

/** The admin API of a running gateway. */
export interface AdminApi {
  /** The gateway's base URL. */
  readonly url: string;
  /**
   * Asks for something below `/admin/v1`. Rejects with `NoGatewayError` when nothing answers, `AdminRefusal` for what the API refuses,
   * `UsageError` when the token is not the gateway's or something else answers.
   */
  ask<T>(call: GatewayCall, schema: z.ZodType<T>): Promise<T>;
  /** The same for what is not looked into: the answer's text. */
  read(path: string): Promise<string>;
}

const refusal = z.object({ error: z.object({ message: z.string(), param: z.string().nullish() }) });

/** Finds the gateway that `url` names, or, without, the configuration. Nothing is asked yet. Throws `UsageError` without `ADMIN_TOKEN`. */
export function openAdminApi(
  config: Pick<Config, "ADMIN_TOKEN" | "PUBLIC_URL" | "SERVER_ADDRESS">,
  url: string | undefined,
  caller: Caller,
): AdminApi {
  const base = findUrl(config, url);
  const { ADMIN_TOKEN: token } = config;
  if (token === "") {
    throw new UsageError(
      "ADMIN_TOKEN is not set here. It opens the gateway's admin API: set the same long random text for the gateway and for this command,\n" +
        `in the environment, in the .env of this folder, or in ${ownFile(caller)}.`,
    );
  }

  function createStrangerError(status: number, path: string): UsageError {
    return new UsageError(
      `Something else than a gateway with an admin API answers at ${base} (status ${status} for ${path.replace(/\?.*/, "")}).\n` +
        "Name the gateway's address with --url.",
    );
  }

  async function call({ path: below, ...rest }: GatewayCall) {
    const path = `/admin/v1${below}`;
    const { status, text } = await askGateway({ url: base, apiKey: token, caller }, { ...rest, path });
    const refused = refusal.safeParse(parseJson(text));
    if (status === 401) {
      throw new UsageError(`The gateway at ${base} has another ADMIN_TOKEN than the one that is set here.`);
    }
    if (status === 403 && refused.success) {
      throw new UsageError(
        `The gateway at ${base} has no ADMIN_TOKEN, so its admin API is closed. Set it there, and start it again.`,
      );
    }
    if (status >= 400 && refused.success) {
      const { message, param } = refused.data.error;
      throw new AdminRefusal(message, status, param ?? undefined);
    }
    if (status >= 400) throw createStrangerError(status, path);
    return { status, text, path };
  }

  return {
    url: base,
    async ask(asked, schema) {
      const { status, text, path } = await call(asked);
      const read = schema.safeParse(parseJson(text));
      if (read.success) return read.data;
      throw createStrangerError(status, path);
    },
    read: async (path) => (await call({ method: "GET", path })).text,
  };
}
