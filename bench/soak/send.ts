import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { clock } from "./clock.ts";
import { SoakFailure } from "./soak-failure.ts";
import type { Leave } from "./specs.ts";

/** One HTTP request of a soak. */
export interface Sending {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Below the gateway, or a whole URL. */
  readonly path: string;
  /** An object is sent as JSON. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly keepAlive?: boolean;
  readonly slow?: boolean;
  readonly leave?: Leave | undefined;
}

/** What came back. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: number;
  /** When the client left (`clock`); missing: the reply is whole. */
  readonly leftAt?: number;
}

/** The clients' side of all connections. */
export interface Sender {
  /** Rejects with `SoakFailure` when the reply takes too long or its connection breaks. */
  send(sending: Sending): Promise<Received>;
  /** The gateway is several processes, which take a moment to learn what was done at another. */
  readonly isShared?: boolean;
  /** Closes the idle connections. */
  close(): void;
}

const heartbeat = /still working|keep-alive|event: ping/g;
/** A client that waits for something that does not come leaves all the same. */
const patienceMs = 1500;
const slowPauseMs = 5;

/** Creates a sender to one gateway. `limitMs` is for each request. */
export function createSender(url: string, limitMs: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

  function send({
    method = "POST",
    path,
    body,
    headers: given,
    keepAlive = true,
    slow,
    leave,
  }: Sending): Promise<Received> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      let beats = 0;
      let leftAt: number | undefined;
      let status = 0;
      let headers: IncomingHttpHeaders = {};
      const outgoing = request(new URL(path, url), {
        method,
        agent: keepAlive ? agent : false,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...given },
      });
      const limit = setTimeout(() => {
        fail(new SoakFailure("hang", `no end after ${limitMs} ms, status ${status}`));
        outgoing.destroy();
      }, limitMs);
      const leaveMs = leave?.after === "ms" ? leave.count : patienceMs;
      const leaving = leave === undefined ? undefined : setTimeout(go, leaveMs);

      function go(): void {
        leftAt = clock();
        outgoing.destroy();
        settle();
      }
      function stop(): void {
        clearTimeout(limit);
        clearTimeout(leaving);
      }
      function settle(): void {
        stop();
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status, headers, text, bytes, ...(leftAt === undefined ? {} : { leftAt }) });
      }
      function fail(error: Error): void {
        stop();
        reject(error);
      }

      outgoing.on("error", (cause) => {
        if (leftAt === undefined) fail(new SoakFailure("illegal", `the connection broke: ${cause.message}`));
      });
      outgoing.on("response", (incoming) => {
        status = incoming.statusCode ?? 0;
        headers = incoming.headers;
        incoming.on("data", (chunk: Buffer) => {
          if (leftAt !== undefined) return;
          chunks.push(chunk);
          bytes += chunk.length;
          if (leave?.after === "beats") beats += chunk.toString("latin1").match(heartbeat)?.length ?? 0;
          if (leave?.after === "bytes" && bytes >= leave.count) go();
          else if (leave?.after === "beats" && beats >= leave.count) go();
          else if (slow === true) {
            incoming.pause();
            setTimeout(() => incoming.resume(), slowPauseMs);
          }
        });
        incoming.on("end", () => {
          if (leftAt === undefined) settle();
        });
        incoming.on("error", (cause) => {
          if (leftAt === undefined) fail(new SoakFailure("illegal", `the reply broke off: ${cause.message}`));
        });
      });
      outgoing.end(typeof body === "object" ? JSON.stringify(body) : body);
    });
  }

  return { send, close: () => agent.destroy() };
}
