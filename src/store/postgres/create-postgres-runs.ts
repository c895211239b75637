import {
  type RunBounds,
  type RunEvents,
  type RunOrder,
  type RunReading,
  type RunStore,
  type TakenRun,
  usualRunBounds,
} from "../../responses/run-store.ts";
import { createSilence } from "../create-silence.ts";
import type { StoreWatchOptions } from "../store-watch.ts";
import type { Connection, Row } from "./create-connection.ts";
import { describeFailure } from "./postgres-error.ts";

/** What runs in a database are made from. */
export interface PostgresRunsOptions extends StoreWatchOptions {
  readonly connection: Connection;
  readonly bounds?: Partial<RunBounds>;
}

/** So many runs are taken over at once, and so many characters of one are read at once, but for the part that goes beyond. */
const takenAtOnce = 50;
const charactersAtOnce = 524_288;
const partsAtOnce = 100;

const readSql = `
  SELECT q.n, r.id, r.owner, r.state > 0 AS ended, r.next > coalesce(max(e.next) OVER (PARTITION BY q.n), q.at) AS more, e.first, e.body
  FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY q(id, at, n)
  JOIN gateway.runs r ON r.id = q.id
  LEFT JOIN LATERAL (
    SELECT * FROM (
      SELECT first, next, body, sum(size) OVER (ORDER BY next) - size AS before
      FROM (SELECT * FROM gateway.run_events WHERE run = r.id AND next > q.at ORDER BY next LIMIT ${partsAtOnce}) p) s
    WHERE before < ${charactersAtOnce}) e ON true
  ORDER BY q.n, e.first`;

const wishSql = `
  UPDATE gateway.runs SET cancel = cancel OR $2 = 'cancel', beat = beat OR $2 = 'beat'
  WHERE id = $1 AND state = 0 RETURNING id`;

function joinEvents(events: readonly string[]): string {
  return events.join("\n");
}

function toPart({ first, body }: Row): readonly RunEvents[] {
  return typeof body === "string" ? [{ first: Number(first), events: body.split("\n") }] : [];
}

function toReading(rows: readonly Row[]): readonly RunReading[] {
  const [head] = rows;
  if (head === undefined) return [];
  const { id, owner, ended, more } = head;
  const own = typeof owner === "string" ? { owner } : {};
  return [
    { id: String(id), ...own, parts: rows.flatMap(toPart), ended: ended === true, more: more === true },
  ];
}

function toOrder({ id, state, cancel, beat }: Row): RunOrder {
  return {
    id: String(id),
    // One of the words of `append_runs`.
    state: state as RunOrder["state"],
    wishes: [
      ...(cancel === true ? (["cancel"] as const) : []),
      ...(beat === true ? (["beat"] as const) : []),
    ],
  };
}

function toTaken({ id, next, ended, cancelled }: Row): TakenRun {
  return { id: String(id), next: Number(next), ended: ended === true, cancelled: cancelled === true };
}

/**
 * Runs of all processes that share a database. Of all runs together there may be more characters for a moment than there may be: that is looked
 * at when dead processes are.
 */
export function createPostgresRuns({ connection, bounds, log, now }: PostgresRunsOptions): RunStore {
  const { leaseMs, keptMs, running, settled, charactersEach, characters } = { ...usualRunBounds, ...bounds };
  const tellNow = createSilence(now);

  /** That the database is away, the connection has told. */
  async function ask(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await connection.ask(sql, values);
    } catch (error) {
      if (!connection.isAway && tellNow("shared") !== undefined) {
        const reason = describeFailure(error instanceof Error ? (error.cause ?? error) : error);
        log.error({ reason }, "background responses can't be shared with other processes");
      }
      throw error;
    }
  }

  return {
    leaseMs,
    async begin(process, { id, owner = null, events }) {
      const body = joinEvents(events);
      const [row] = await ask("SELECT gateway.begin_run($1, $2, $3, $4, $5, $6, $7, $8) AS begun", [
        process,
        leaseMs,
        id,
        owner,
        events.length,
        body.length,
        body,
        running,
      ]);
      return row?.["begun"] === true;
    },
    async append(process, parts) {
      const bodies = parts.map(({ events }) => joinEvents(events));
      const rows = await ask(
        "SELECT * FROM gateway.append_runs($1, $2, $3, $4::text[], $5::integer[], $6::integer[], $7::integer[], $8::text[], $9::boolean[])",
        [
          process,
          leaseMs,
          charactersEach,
          parts.map(({ id }) => id),
          parts.map(({ first }) => first),
          parts.map(({ events }) => events.length),
          bodies.map(({ length }) => length),
          bodies,
          parts.map(({ ended }) => ended),
        ],
      );
      return rows.map(toOrder);
    },
    async read(queries) {
      const rows = await ask(readSql, [queries.map(({ id }) => id), queries.map(({ from }) => from)]);
      return queries.flatMap((_, index) => toReading(rows.filter(({ n }) => n === index + 1)));
    },
    async wish(id, wish) {
      return (await ask(wishSql, [id, wish])).length > 0;
    },
    async reap(process) {
      const values = [process, leaseMs, keptMs, settled, characters, takenAtOnce];
      const rows = await ask("SELECT * FROM gateway.reap_runs($1, $2, $3, $4, $5, $6)", values);
      return rows.map(toTaken);
    },
    async settle(process, id) {
      const [row] = await ask("SELECT gateway.settle_run($1, $2) AS state", [process, id]);
      // One of its words.
      return row?.["state"] as "settled" | "taken" | "gone";
    },
    async forget(id) {
      await ask("DELETE FROM gateway.runs WHERE id = $1", [id]);
    },
    async leave(process) {
      await ask("DELETE FROM gateway.run_processes WHERE id = $1", [process]);
    },
  };
}
