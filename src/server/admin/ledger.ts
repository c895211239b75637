import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { AccessKey } from "../../access/access-key.ts";
import { type CsvValue, encodeCsv } from "./encode-csv.ts";
import { GatewayError, shorten } from "../../errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { encodeRequest, encodeSum, requestColumns, sumColumns, toRequestCells } from "./ledger-objects.ts";
import { readPageQuery, readSumQuery } from "./ledger-query.ts";

/** What the routes of requests need. */
export interface RequestRouteOptions {
  readonly ledger: Pick<Ledger, "list">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether requests are noted at all. */
  readonly isOn: boolean;
  /** The key whose requests alone are seen; `undefined`: all are. */
  readonly within?: (request: FastifyRequest) => string | undefined;
}

/** What the routes of the ledger need. */
export interface LedgerRouteOptions extends Omit<RequestRouteOptions, "within"> {
  readonly ledger: Pick<Ledger, "list" | "sum">;
  /** All keys, for their names; revoked ones too. */
  readonly listKeys: () => Promise<readonly Pick<AccessKey, "id" | "name">[]>;
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

type Hook = (request: FastifyRequest, reply: FastifyReply, next: (error?: GatewayError) => void) => void;

/** Refuses where no ledger is kept: an empty list would say that nothing was asked for. */
function createLedgerCheck(isOn: boolean): Hook {
  return (_request, _reply, next) => {
    if (isOn) return next();
    const text = "This gateway has no ledger: LEDGER_DAYS is 0.";
    return next(new GatewayError("not-found", text, { shouldRetry: false }));
  };
}

/** `GET <base>/requests` and `/requests/{id}`: what came of requests, as JSON or CSV. Whoever registers them says who sees which. */
export function requestRoutes(
  app: FastifyInstance,
  base: string,
  { ledger, now, isOn, within = () => undefined }: RequestRouteOptions,
): void {
  const onRequest = createLedgerCheck(isOn);

  app.get(`${base}/requests`, { onRequest }, async (request, reply) => {
    const { query, format } = readPageQuery(request.query, now());
    const key = within(request);
    const { rows, next = null } = await ledger.list(key === undefined ? query : { ...query, key });
    reply.header("vary", "accept");
    if (!wantsCsv(format, request))
      return { object: "list", data: rows.map(encodeRequest), has_more: next !== null, next };
    if (next !== null) reply.header("x-next", next);
    return sendCsv(reply, "requests", requestColumns, rows.map(toRequestCells));
  });

  app.get<{ Params: { id: string } }>(`${base}/requests/:id`, { onRequest }, async (request) => {
    const { id } = request.params;
    // Clients may give an id twice: then it is the newest.
    const key = within(request);
    const [row] = (await ledger.list({ id, limit: 1, ...(key === undefined ? {} : { key }) })).rows;
    if (row !== undefined) return encodeRequest(row);
    const shown = shorten(id);
    throw new GatewayError(
      "not-found",
      `There is no request '${shown}' in the ledger. It may be too old (LEDGER_DAYS), or not over yet.`,
      { shouldRetry: false, sent: [shown] },
    );
  });
}

/** The same, and `GET <base>/usage`: sums over them. Whoever registers them sees to it that only operators can ask. */
export function ledgerRoutes(app: FastifyInstance, base: string, options: LedgerRouteOptions): void {
  const { ledger, listKeys, now, isOn } = options;
  requestRoutes(app, base, options);

  app.get(`${base}/usage`, { onRequest: createLedgerCheck(isOn) }, async (request, reply) => {
    const { query, format } = readSumQuery(request.query, now());
    const [sums, keys] = await Promise.all([ledger.sum(query), query.by.includes("key") ? listKeys() : []]);
    const names = new Map(keys.map(({ id, name }) => [id, name]));
    const data = sums.map((sum) => encodeSum(sum, names));
    reply.header("vary", "accept");
    if (wantsCsv(format, request)) return sendCsv(reply, "usage", sumColumns(query.by), data);
    return { object: "list", by: query.by, from: toTime(query.from), to: toTime(query.to), data };
  });
}
