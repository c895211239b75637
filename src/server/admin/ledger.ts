import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { AccessKey } from "../../access/access-key.ts";
import { type CsvValue, encodeCsv } from "./encode-csv.ts";
import { GatewayError, shorten } from "../../errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { encodeRequest, encodeSum, requestColumns, sumColumns, toRequestCells } from "./ledger-objects.ts";
import { readPageQuery, readSumQuery } from "./ledger-query.ts";

/** What the routes of the ledger need. */
export interface LedgerRouteOptions {
  readonly ledger: Pick<Ledger, "list" | "sum">;
  /** All keys, for their names; revoked ones too. */
  readonly listKeys: () => Promise<readonly Pick<AccessKey, "id" | "name">[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether requests are noted at all. */
  readonly isOn: boolean;
}

function wantsCsv(format: "json" | "csv" | undefined, { headers }: FastifyRequest): boolean {
  return format === undefined ? /\btext\/csv\b/i.test(headers.accept ?? "") : format === "csv";
}

function sendCsv(
  reply: FastifyReply,
  name: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, CsvValue>>[],
): FastifyReply {
  return reply
    .type("text/csv; charset=utf-8; header=present")
    .header("content-disposition", `attachment; filename="${name}.csv"`)
    .send(encodeCsv(columns, rows));
}

const toTime = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/**
 * `GET <base>/requests`, `/requests/{id}` and `/usage`: what came of requests, each or summed up, as JSON or CSV. Whoever registers them
 * sees to it that only operators can ask.
 */
export function ledgerRoutes(
  app: FastifyInstance,
  base: string,
  { ledger, listKeys, now, isOn }: LedgerRouteOptions,
): void {
  /** An empty list would say that nothing was asked for. */
  function onRequest(
    _request: FastifyRequest,
    _reply: FastifyReply,
    next: (error?: GatewayError) => void,
  ): void {
    if (isOn) return next();
    const text = "This gateway has no ledger: LEDGER_DAYS is 0.";
    return next(new GatewayError("not-found", text, { shouldRetry: false }));
  }

  app.get(`${base}/requests`, { onRequest }, async (request, reply) => {
    const { query, format } = readPageQuery(request.query, now());
    const { rows, next = null } = await ledger.list(query);
    reply.header("vary", "accept");
    if (!wantsCsv(format, request))
      return { object: "list", data: rows.map(encodeRequest), has_more: next !== null, next };
    if (next !== null) reply.header("x-next", next);
    return sendCsv(reply, "requests", requestColumns, rows.map(toRequestCells));
  });

  app.get<{ Params: { id: string } }>(`${base}/requests/:id`, { onRequest }, async (request) => {
    const { id } = request.params;
    // Clients may give an id twice: then it is the newest.
    const [row] = (await ledger.list({ id, limit: 1 })).rows;
    if (row !== undefined) return encodeRequest(row);
    const shown = shorten(id);
    throw new GatewayError(
      "not-found",
      `There is no request '${shown}' in the ledger. It may be too old (LEDGER_DAYS), or not over yet.`,
      { shouldRetry: false, sent: [shown] },
    );
  });

  app.get(`${base}/usage`, { onRequest }, async (request, reply) => {
    const { query, format } = readSumQuery(request.query, now());
    const [sums, keys] = await Promise.all([ledger.sum(query), query.by.includes("key") ? listKeys() : []]);
    const names = new Map(keys.map(({ id, name }) => [id, name]));
    const data = sums.map((sum) => encodeSum(sum, names));
    reply.header("vary", "accept");
    if (wantsCsv(format, request)) return sendCsv(reply, "usage", sumColumns(query.by), data);
    return { object: "list", by: query.by, from: toTime(query.from), to: toTime(query.to), data };
  });
}
