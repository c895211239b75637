import { once } from "node:events";
import { createServer } from "node:http";

import { ConfigError, type Config } from "../config.ts";
import type { MetricsPage } from "./metrics-page.ts";

/** An address of its own for the metrics. */
export interface MetricsListener {
  /** Listens, and resolves with the page's URL. Rejects with `ConfigError` where the address can't be had. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** Creates a server that has nothing but the page. */
export function createMetricsListener(
  page: MetricsPage,
  { host, port }: NonNullable<Config["METRICS_ADDRESS"]>,
): MetricsListener {
  const server = createServer((request, response) => {
    const isPage = request.url?.split("?", 1)[0] === "/metrics";
    if (!isPage || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(isPage ? 405 : 404, { "content-type": "text/plain", allow: "GET, HEAD" });
      response.end("There is GET /metrics here, and nothing else.\n");
      return;
    }
    page.answer(request.headers.authorization).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      // Half a page is none: who scrapes counts it as a failure.
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });

  return {
    async listen() {
      const shownHost = host.includes(":") ? `[${host}]` : host;
      server.listen(port, host);
      try {
        await once(server, "listening");
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new ConfigError([`METRICS_ADDRESS: ${shownHost}:${port} can't be listened on: ${why}`]);
      }
      const address = server.address();
      return `http://${shownHost}:${typeof address === "object" ? (address?.port ?? port) : port}/metrics`;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
