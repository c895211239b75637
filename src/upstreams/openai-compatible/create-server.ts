import { GatewayError } from "../../errors.ts";
import type { AskOptions } from "../upstream.ts";
import { createClient, type HttpRequest } from "../http/create-client.ts";
import type { Reply } from "../http/exchange.ts";
import { createSecretHider } from "../http/hide-secrets.ts";
import type { UpstreamNames } from "../http/names.ts";
import { createRepeats } from "../http/repeats.ts";
import { createUserAgent } from "../http/user-agent.ts";
import { readBaseUrl, toServerPath } from "./base-url.ts";
import { decodeError } from "./decode-error.ts";
import { copyError, type UpstreamFailure } from "./failure.ts";
import type { CompatibleEntry } from "../upstream-entry.ts";
import type { CompatibleSurroundings } from "./options.ts";
import { parseJson } from "./read-json.ts";
import { findServer } from "./servers/index.ts";
import { readUpstreamId } from "./upstream-id.ts";

/** What a server made of a request: the head of its answer, or why there is none. */
export type Outcome =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "failure"; readonly failure: UpstreamFailure };

/** The server behind one upstream. Its methods throw `GatewayError`, in which no secret of the operator's stands. */
export interface CompatibleServer {
  /** How messages call it: `mine (vLLM)`. */
  readonly title: string;
  /** Where it is, without a login. */
  readonly key: string;
  /** Posts JSON text below the base URL for a client, who waits as long as answers may take. */
  post(path: string, json: string, options: AskOptions): Promise<Outcome>;
  /** Asks a route of the rules (`/v1/models`, `/props`) and reads its JSON. With a body it is a `POST`. */
  fetchJson(path: string, signal: AbortSignal, body?: unknown): Promise<unknown>;
  /** An error without the operator's secrets, which servers quote. */
  clean(error: GatewayError): GatewayError;
  close(): Promise<void>;
}

/** Lists and properties come fast, but a server that loads a model may be deaf for a while. */
const shortTimeoutMs = 20_000;
const refusalLimitBytes = 1_048_576;

/** Creates the client of a server. Throws `ConfigError` when a proxy's URL is none. */
export function createServer(
  options: CompatibleEntry,
  surroundings: CompatibleSurroundings,
): CompatibleServer {
  const { config, now } = surroundings;
  const base = readBaseUrl(options.baseUrl);
  const title = toTitle(options);
  const names: UpstreamNames = { title, address: "its base URL", headers: "its headers and its key" };
  const client = createClient({ ...surroundings, origin: base.origin, names });
  const firstMs = options.firstByteTimeoutMs ?? config.FIRST_BYTE_TIMEOUT_MS;
  const idleMs = options.idleTimeoutMs ?? config.IDLE_TIMEOUT_MS;
  const patient = { headersTimeoutMs: firstMs, bodyTimeoutMs: Math.max(firstMs, idleMs) };
  const brief = { headersTimeoutMs: Math.min(firstMs, shortTimeoutMs), bodyTimeoutMs: shortTimeoutMs };
  const headers = encodeHeaders(options);
  const hide = createSecretHider([
    ...(options.apiKey === undefined ? [] : [options.apiKey]),
    ...Object.values(options.headers),
  ]);

  function toRequest(
    method: "GET" | "POST",
    path: string,
    json?: string,
  ): Omit<HttpRequest, keyof typeof brief> {
    if (json === undefined) return { method, path, headers };
    return {
      method,
      path,
      headers: { "content-type": "application/json", ...headers },
      body: Buffer.from(json, "utf8"),
    };
  }

  async function readFailure(reply: Reply): Promise<UpstreamFailure> {
    const body = hide(await reply.text(refusalLimitBytes));
    return decodeError(
      { status: reply.status, header: (name) => reply.header(name), body },
      { upstream: title, now: now() },
    );
  }

  return {
    title,
    key: base.key,
    async post(path, json, { signal, watch, hasOthers, mayRepeat }) {
      const request = { ...toRequest("POST", base.path + path, json), ...patient, watch };
      const reply = await client.send(request, signal, createRepeats("POST", hasOthers, mayRepeat));
      const id = readUpstreamId((name) => reply.header(name), hide);
      if (id !== undefined) watch?.tellId?.(id);
      if (isGood(reply)) return { kind: "reply", reply };
      return { kind: "failure", failure: await readFailure(reply) };
    },
    async fetchJson(path, signal, body) {
      const json = body === undefined ? undefined : JSON.stringify(body);
      const method = json === undefined ? "GET" : "POST";
      const request = { ...toRequest(method, toServerPath(base, path), json), ...brief };
      const reply = await client.send(request, signal);
      if (!isGood(reply)) throw (await readFailure(reply)).error;
      const value = parseJson(await reply.text());
      if (value !== undefined) return value;
      throw new GatewayError("upstream-protocol", `${title} answered with something else than JSON.`);
    },
    clean(error) {
      const message = hide(error.message);
      return message === error.message ? error : copyError(error, { message });
    },
    close: () => client.close(),
  };
}

function isGood({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

/** What the operator sets stands before what the gateway would send. */
function encodeHeaders({ apiKey, headers }: CompatibleEntry): Readonly<Record<string, string>> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    accept: "application/json, text/event-stream",
    // Frames shall come as they are made; a coding would hold them back somewhere on the way.
    "accept-encoding": "identity",
    "user-agent": createUserAgent(),
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...Object.fromEntries(own),
  };
}

/** The name, and what server it is where that is known and another word. */
function toTitle({ name, type }: CompatibleEntry): string {
  const server = findServer(type)?.title;
  if (server === undefined) return name;
  return server.toLowerCase() === name.toLowerCase() ? server : `${name} (${server})`;
}
