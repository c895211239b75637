import { GatewayError } from "../../errors.ts";
import type { AskOptions } from "../upstream.ts";
import { createClient, type HttpRequest } from "../http/create-client.ts";
import type { Reply } from "../http/exchange.ts";
import { createErrorCleaner } from "../http/clean-errors.ts";
import { createSecretHider } from "../http/hide-secrets.ts";
import type { UpstreamNames } from "../http/names.ts";
import { createRepeats } from "../http/repeats.ts";
import { createUserAgent } from "../http/user-agent.ts";
import { readBaseUrl, toServerPath } from "./base-url.ts";
import { decodeError } from "./decode-error.ts";
import { decodeList } from "./decode-models.ts";
import { describeFailure } from "./describe-failure.ts";
import { isBareNotFound } from "./error-wordings.ts";
import type { UpstreamFailure } from "./failure.ts";
import type { CompatibleEntry } from "../upstream-entry.ts";
import type { CompatibleSurroundings } from "./options.ts";
import { readErrorBody } from "./read-error-body.ts";
import { parseJson } from "./read-json.ts";
import { findServer } from "./servers/index.ts";
import { readUpstreamId } from "./upstream-id.ts";

/** What a server made of a request: the head of its answer, or why there is none. */
export type Outcome =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "failure"; readonly failure: UpstreamFailure };

/** JSON text, or a body of another type. */
export type PostedBody = string | { readonly type: string; readonly bytes: Uint8Array };

/** The server behind one upstream. Its methods throw `GatewayError`, in which no secret of the operator's stands. */
export interface CompatibleServer {
  /** How messages call it: `mine (vLLM)`. */
  readonly title: string;
  /** Where it is, without a login. */
  readonly key: string;
  /** Posts below the base URL for a client, who waits as long as answers may take. */
  post(path: string, body: PostedBody, options: AskOptions): Promise<Outcome>;
  /** Asks a route of the rules (`/v1/models`, `/props`) and reads its JSON. With a body it is a `POST`. */
  fetchJson(path: string, signal: AbortSignal, body?: unknown): Promise<unknown>;
  /** An error without the operator's secrets, which servers quote. */
  clean(error: unknown): GatewayError;
  close(): Promise<void>;
}

/** Lists and properties come fast, but a server that loads a model may be deaf for a while. */
const shortTimeoutMs = 20_000;
/** The list that every server has, as the rules have it. */
const listRule = "/v1/models";
const refusalLimitBytes = 1_048_576;

/** Creates the client of a server. Throws `ConfigError` when a proxy's URL is none. */
export function createServer(
  options: CompatibleEntry,
  surroundings: CompatibleSurroundings,
): CompatibleServer {
  const { config, log, now } = surroundings;
  let base = readBaseUrl(options.baseUrl);
  const { key } = base;
  const title = toTitle(options);
  const names: UpstreamNames = { title, address: "its base URL", headers: "its headers and its key" };
  const client = createClient({ ...surroundings, origin: base.origin, names });
  const firstMs = options.firstByteTimeoutMs ?? config.FIRST_BYTE_TIMEOUT_MS;
  const idleMs = options.idleTimeoutMs ?? config.IDLE_TIMEOUT_MS;
  const patient = { headersTimeoutMs: firstMs, bodyTimeoutMs: Math.max(firstMs, idleMs) };
  const brief = { headersTimeoutMs: Math.min(firstMs, shortTimeoutMs), bodyTimeoutMs: shortTimeoutMs };
  const headers = encodeHeaders(options);
  const secrets = [
    ...(options.apiKey === undefined ? [] : [options.apiKey]),
    ...Object.values(options.headers),
  ];
  const hide = createSecretHider(secrets);
  const clean = createErrorCleaner(secrets);

  function toRequest(
    method: "GET" | "POST",
    path: string,
    posted?: PostedBody,
  ): Omit<HttpRequest, keyof typeof brief> {
    if (posted === undefined) return { method, path, headers };
    const isJson = typeof posted === "string";
    const type = isJson ? "application/json" : posted.type;
    return {
      method,
      path,
      // Of a form the type has its boundary: what an operator says of JSON does not hold for it.
      headers: isJson ? { "content-type": type, ...headers } : { ...headers, "content-type": type },
      body: isJson ? Buffer.from(posted, "utf8") : posted.bytes,
      isText: isJson,
    };
  }

  /** `isApi`: of a route that every such server has. */
  async function readFailure(reply: Reply, isApi: boolean): Promise<UpstreamFailure> {
    const body = hide(await reply.text(refusalLimitBytes));
    const failure = decodeError(
      { status: reply.status, header: (name) => reply.header(name), body },
      { upstream: title, now: now() },
    );
    const { words } = readErrorBody(body);
    const lacksApi =
      isApi && reply.status === 404 && failure.reason === "not-supported" && isBareNotFound(words);
    // Only where the usual end is missing is that the likely mistake.
    if (!lacksApi || base.path !== base.root) return failure;
    return describeFailure("no-api", { upstream: title, now: now(), words, status: reply.status });
  }

  function ask(path: string, signal: AbortSignal, json?: string): Promise<Reply> {
    return client.send({ ...toRequest(json === undefined ? "GET" : "POST", path, json), ...brief }, signal);
  }

  /** The list below `/v1` where the base URL is that of the server alone; from then on everything is asked there. */
  async function findBelowV1(signal: AbortSignal): Promise<unknown> {
    const reply = await ask(listRule, signal);
    const value = isGood(reply) ? parseJson(await reply.text()) : reply.discard();
    if (value === undefined || decodeList(value, now()) === undefined) return undefined;
    base = readBaseUrl(`${base.origin}/v1`);
    log.warn({}, `${title} has its API below /v1, which is used; write it at the end of its base URL`);
    return value;
  }

  return {
    title,
    key,
    async post(path, posted, { signal, watch, hasOthers, mayRepeat, traceHeaders }) {
      const asked = toRequest("POST", base.path + path, posted);
      const request = { ...asked, headers: { ...traceHeaders, ...asked.headers }, ...patient, watch };
      const reply = await client.send(request, signal, createRepeats("POST", hasOthers, mayRepeat));
      const id = readUpstreamId((name) => reply.header(name), hide);
      if (id !== undefined) watch?.tellId?.(id);
      if (isGood(reply)) return { kind: "reply", reply };
      return { kind: "failure", failure: await readFailure(reply, path === "/chat/completions") };
    },
    async fetchJson(path, signal, body) {
      const json = body === undefined ? undefined : JSON.stringify(body);
      const reply = await ask(toServerPath(base, path), signal, json);
      if (!isGood(reply)) {
        const { error } = await readFailure(reply, path === listRule);
        const isLost = reply.status === 404 && path === listRule && base.path === "";
        const found = isLost ? await findBelowV1(signal) : undefined;
        if (found !== undefined) return found;
        throw error;
      }
      const value = parseJson(await reply.text());
      if (value !== undefined) return value;
      throw new GatewayError("upstream-protocol", `${title} answered with something else than JSON.`);
    },
    clean,
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
