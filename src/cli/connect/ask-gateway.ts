import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";

import { ownCommand } from "../look-around.ts";
import { userSettingsFile } from "../settings/user-file.ts";
import type { Caller } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** Where the address and the key of a gateway can be left for good. */
export const ownFile = ({ environment }: Caller) =>
  `${userSettingsFile(environment)} (every command reads it, also launch, which reads no project's .env)`;

/** Thrown when nothing answers where a gateway should be. */
export class NoGatewayError extends UsageError {}

/** What is asked of a gateway. */
export interface GatewayCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Behind the base URL. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object | undefined;
}

/** Where a gateway is, the key for it, and who asks. */
export interface AskedGateway {
  readonly url: string;
  readonly apiKey: string;
  /** Who is told what to type where nothing answers. */
  readonly caller: Caller;
  /** For how long it may say nothing, in ms. Default: 30,000. */
  readonly silenceMs?: number;
}

/** Asks a gateway, with a key. Whatever it answers is an answer; throws `NoGatewayError` when there is none. */
export async function askGateway(
  { url, apiKey, caller, silenceMs = 30_000 }: AskedGateway,
  { method, path, body }: GatewayCall,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    // Node's own client: a command is over before a better one is loaded.
    const { request } = url.startsWith("https:") ? https : http;
    const asking = request(url + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      // Without one, which would keep the connection open behind the answer.
      agent: false,
      timeout: silenceMs,
    });
    asking.on("timeout", () => asking.destroy(new Error(`silent for ${silenceMs / 1000} s`)));
    asking.end(body === undefined ? undefined : JSON.stringify(body));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asking.once("response", resolve);
      // It is told here, too, when the connection breaks off behind the head.
      asking.on("error", reject);
    });
    return { status: answer.statusCode ?? 0, text: await text(answer) };
  } catch (error) {
    throw new NoGatewayError(
      `No gateway answers at ${url} (${error instanceof Error ? error.message : String(error)}).\n` +
        `Start it first (${ownCommand(caller)} serve, or demo). If it is elsewhere, name it with --url, or for good by a line\n` +
        `SERVER_ADDRESS=host:port in ${ownFile(caller)}.`,
    );
  }
}

/** `undefined` for what is no JSON: then it is no gateway that answers. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
