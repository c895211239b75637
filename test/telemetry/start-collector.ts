import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { createGate } from "../support/gate.ts";
import type { AnyJson } from "../support/post.ts";

/** A span as it arrived. Times are ns since 1970. */
export interface ArrivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** 0 unset, 2 error. */
  readonly status: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** What takes traces by OTLP over HTTP, as JSON. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** The bodies that came, as they came. */
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
  /** Resolves when something has come. */
  readonly asked: Promise<void>;
  /** All spans so far. */
  spans(): readonly ArrivedSpan[];
  close(): Promise<void>;
}

/** Starts one, on a free port; it may refuse what it gets, or say nothing to it. Source of the format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export async function startCollector(status: 200 | 400 | "silent" = 200): Promise<Collector> {
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const gate = createGate();
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.url === "/v1/traces") {
      bodies.push(body);
      headers.push(request.headers);
      gate.open();
    }
    if (status !== "silent") response.writeHead(status, { "content-type": "application/json" }).end("{}");
  }
  const server = createServer((request, response) => {
    void answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  async function close(): Promise<void> {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    headers,
    asked: gate.promise,
    spans: () => bodies.flatMap((body) => readSpans(JSON.parse(body))),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readSpans(request: AnyJson): ArrivedSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }: AnyJson) =>
    scopeSpans.flatMap(({ spans }: AnyJson) =>
      spans.map((span: AnyJson) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        traceState: span.traceState,
        name: span.name,
        kind: span.kind,
        status: span.status.code ?? 0,
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        attributes: readAttributes(span.attributes),
        resource: readAttributes(resource.attributes),
      })),
    ),
  );
}

function readAttributes(attributes: AnyJson): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }: AnyJson) => [key, readValue(value)]));
}

function readValue(value: AnyJson): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(readValue);
  return Object.values(value)[0];
}
