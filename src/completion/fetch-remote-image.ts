import { lookup as lookUp } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";

import ipaddr from "ipaddr.js";
import { Agent, request, type Dispatcher } from "undici";

import { GatewayError, shorten } from "../errors.ts";
import type { ImagePart } from "../model/request.ts";
import { limitTime } from "../stream/limit-time.ts";
import { startRealTimer } from "../stream/real-timer.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";

/** Settings of `createImageFetcher`. */
export interface ImageFetcherOptions {
  readonly limitBytes: number;
  /** For the whole fetch, redirects and the last byte included. */
  readonly timeoutMs: number;
  /** `setTimeout` by default. */
  readonly startTimer?: StartTimer;
  /** All addresses of a host. Default: the system's. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Which addresses may be asked. Default: public ones. */
  readonly isAllowed?: (address: string) => boolean;
}

/** Fetches images that a client gave by URL. */
export interface ImageFetcher {
  /** The image inline. Throws kind `invalid-request` when it can't be had, without telling why a private host failed. */
  fetch(url: string, signal: AbortSignal): Promise<ImagePart>;
  close(): Promise<void>;
}

const mostRedirects = 3;
const redirectStatus = new Set([301, 302, 303, 307, 308]);
const mediaType = /^image\/(?:png|jpe?g|gif|webp|bmp|avif|heic|heif|tiff)$/;

/**
 * Whether an address is a host of the public Internet: not private, loopback, link-local (where clouds keep their
 * metadata), carrier-grade NAT, reserved or multicast, also when written as IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` also unwraps ::ffff:a.b.c.d. Other embeddings (6to4, Teredo, NAT64) have ranges of their own.
  const known = ipaddr.process(address);
  if (known.range() !== "unicast") return false;
  // All of IPv6 that was ever given out; outside lie forgotten forms such as ::127.0.0.1.
  return known.kind() === "ipv4" || known.match(ipaddr.parseCIDR("2000::/3"));
}

/**
 * Creates a fetcher. Only http(s); the addresses are checked when the connection is made, on what the name resolved
 * to just then, so a name can't change between check and use; each redirect is checked like the first URL.
 */
export function createImageFetcher(options: ImageFetcherOptions): ImageFetcher {
  const { timeoutMs, startTimer = startRealTimer } = options;
  const isAllowed = options.isAllowed ?? isPublicAddress;
  const resolve =
    options.resolve ??
    (async (host: string) => (await lookUp(host, { all: true })).map((entry) => entry.address));

  async function resolveAllowed(host: string): Promise<readonly string[]> {
    const addresses = await resolve(host);
    // All of them: a name with one private address is not trusted with its public ones either.
    if (addresses.length === 0 || !addresses.every(isAllowed))
      throw new Error(`${host} is not a public host`);
    return addresses;
  }

  const resolveWithCallback = callbackify(resolveAllowed);
  const lookup: LookupFunction = (host, { all }, callback) => {
    resolveWithCallback(host, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const entries = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      const [first] = entries;
      return all === true ? callback(null, entries) : callback(null, first?.address ?? "", first?.family);
    });
  };

  let agent: Agent | undefined;

  function send(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    agent ??= new Agent({ connect: { lookup }, connections: 8, keepAliveTimeout: 1000 });
    const headers = { accept: "image/*", "user-agent": "akashchat-api" };
    return request(url, { dispatcher: agent, signal, headers });
  }

  async function open(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw refuse(url, "only http and https are fetched");
    // Names are checked at look-up; a literal address has none.
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (ipaddr.isValid(literal) && !isAllowed(literal)) throw refuse(url, "its host can't be reached");
    return send(url, signal);
  }

  async function follow(start: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    let url = start;
    for (let hops = 0; ; hops += 1) {
      const response = await open(url, signal);
      if (!redirectStatus.has(response.statusCode)) return response;
      discard(response);
      const location = response.headers["location"];
      if (typeof location !== "string" || !URL.canParse(location, url.href))
        throw refuse(start, "its redirect leads nowhere");
      if (hops === mostRedirects) throw refuse(start, "it is redirected too often");
      url = new URL(location, url);
    }
  }

  async function read(url: URL, response: Dispatcher.ResponseData): Promise<ImagePart> {
    const type =
      String(response.headers["content-type"] ?? "")
        .split(";")[0]
        ?.trim()
        .toLowerCase() ?? "";
    try {
      if (response.statusCode !== 200) throw refuse(url, `its host answers ${response.statusCode}`);
      if (!mediaType.test(type))
        throw refuse(url, `it is not an image but ${type === "" ? "of no type" : shorten(type)}`);
      const pieces: Buffer[] = [];
      let size = 0;
      const body: AsyncIterable<Buffer> = response.body;
      for await (const piece of body) {
        size += piece.byteLength;
        if (size > options.limitBytes) throw refuse(url, `it is larger than ${options.limitBytes} bytes`);
        pieces.push(piece);
      }
      return {
        type: "image",
        source: { kind: "data", mediaType: type, base64: Buffer.concat(pieces).toString("base64") },
      };
    } finally {
      discard(response);
    }
  }

  return {
    async fetch(text, signal) {
      if (!URL.canParse(text)) throw new GatewayError("invalid-request", "An image's URL is not a URL.");
      const url = new URL(text);
      const limit = limitTime({ milliseconds: timeoutMs, startTimer, parent: signal });
      try {
        return await read(url, await follow(url, limit.signal));
      } catch (error) {
        if (signal.aborted) throw new GatewayError("aborted", "The request was cancelled.", { cause: error });
        if (error instanceof GatewayError) throw error;
        const reason = limit.expired ? `it takes more than ${timeoutMs} ms` : "its host can't be reached";
        throw refuse(url, reason, error);
      } finally {
        limit.release();
      }
    },
    async close() {
      await agent?.close();
    },
  };
}

/** Closes the connection of an answer that is not (or no longer) wanted. */
function discard(response: Dispatcher.ResponseData): void {
  // The body says by an "error" event that it was given up, which without a listener would end the process.
  response.body.on("error", () => undefined).destroy();
}

/** Names the host only: paths and queries of image URLs hold keys. */
function refuse(url: URL, reason: string, cause?: unknown): GatewayError {
  const where = shorten(url.host === "" ? url.protocol : url.host);
  return new GatewayError(
    "invalid-request",
    `The image at ${where} could not be fetched: ${reason}. Send it as a data: URL instead.`,
    { param: "messages", shouldRetry: false, cause, sent: [where, url.hostname] },
  );
}
