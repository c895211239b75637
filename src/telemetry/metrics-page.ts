import { createHash, timingSafeEqual } from "node:crypto";

import type { Metrics } from "./create-metrics.ts";

/** An answer of the page, whoever sends it. */
export interface PageReply {
  readonly status: 200 | 401;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `GET /metrics`, at whatever address it stands. */
export interface MetricsPage {
  /** Answers a request with this `Authorization` header. */
  answer(authorization: string | undefined): Promise<PageReply>;
}

const plainText = "text/plain; charset=utf-8";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Creates the page. With a `token` it is shown only to who brings that, as a bearer token. */
export function createMetricsPage(
  { contentType, render }: Pick<Metrics, "contentType" | "render">,
  token: string | undefined,
): MetricsPage {
  const wanted = token === undefined ? undefined : digest(token);

  function mayRead(authorization = ""): boolean {
    if (wanted === undefined) return true;
    const given = /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "";
    // Equal digests instead of equal texts: the time tells neither the length nor a common beginning.
    return timingSafeEqual(digest(given), wanted);
  }

  return {
    async answer(authorization) {
      if (mayRead(authorization))
        return { status: 200, headers: { "content-type": contentType }, body: await render() };
      return {
        status: 401,
        headers: { "content-type": plainText, "www-authenticate": "Bearer" },
        body: "Send this gateway's METRICS_TOKEN as 'Authorization: Bearer <token>'.\n",
      };
    },
  };
}
