import { createHash } from "node:crypto";

import { z } from "zod";

import { createNoticeBoard, identifyNotice } from "../../model/notice-board.ts";
import type { Notice, Notices } from "../../model/notices.ts";
import { createSilence } from "../create-silence.ts";
import type { StoreWatchOptions } from "../store-watch.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { Connection, Row } from "./create-connection.ts";
import { isAway, PostgresError, toDatabaseError } from "./postgres-error.ts";

/** What the notices of gateways on one database are made from. */
export interface PostgresNoticesOptions extends StoreWatchOptions {
  readonly connection: Connection;
  readonly startTimer: StartTimer;
  /** This gateway, unique for all time. Its processes, who have another way to tell each other, have the same and don't hear each other here. */
  readonly gateway: string;
}

/** Notices that all gateways on one database hear. */
export interface PostgresNotices extends Notices {
  /** Hears what is known, and from now on what others tell. */
  start(): Promise<void>;
  /** Tells and hears nothing more. */
  close(): void;
}

/** So that all know within a second, whatever is in the way. */
const lookMs = 400;
const gatherMs = 50;
const againMs = 1000;
/** Of one statement. */
const most = 200;
/** So many things wait to be told, and so many are kept for all gateways; of more the oldest go. */
const mostWaiting = 1000;
const mostKept = 5000;
/** What is longer, in characters, is not worth it. */
const longestBody = 10_000;

const lookSql = `
  SELECT CASE WHEN n.gateway <> $2 THEN n.body END AS body, n.until - c.t AS rest, c.t - n.learned_at AS age, n.seq
  FROM gateway.notices n, (SELECT gateway.clock_ms() AS t) c
  WHERE n.seq > $1 ORDER BY n.seq LIMIT ${most}`;

interface Waiting {
  readonly notice: Notice;
  readonly body: string;
  /** Ms since the epoch. */
  readonly learnedAt: number;
}

/** What is of another version of this program is not known. */
const bodySchema = z.tuple([z.string(), z.string(), z.unknown()]);

/** Creates the notices. Each process tells what it has learned in batches, of each thing the newest, and nobody waits for that. */
export function createPostgresNotices(options: PostgresNoticesOptions): PostgresNotices {
  const { connection, now, startTimer, gateway, log } = options;
  const board = createNoticeBoard(now);
  const waiting = new Map<string, Waiting>();
  const tellNow = createSilence(now);
  let last = 0;
  let isClosed = false;
  let isTelling = false;
  let stopTelling: (() => void) | undefined;
  let stopLooking: (() => void) | undefined;

  function hear({ body, rest, age }: Row): void {
    if (typeof body !== "string" || Number(rest) <= 0) return;
    const parsed = bodySchema.safeParse(JSON.parse(body));
    if (!parsed.success) return;
    const [kind, key, value] = parsed.data;
    const at = now();
    board.hear({ kind, key, value, until: at + Number(rest) }, at - Number(age));
  }

  async function look(): Promise<void> {
    let rows: readonly Row[];
    do {
      rows = await connection.ask(lookSql, [last, gateway]);
      last = Number(rows.at(-1)?.["seq"] ?? last);
      for (const row of rows) hear(row);
    } while (rows.length === most);
  }

  async function tellSome(): Promise<void> {
    const at = now();
    for (const [id, { notice }] of waiting) if (notice.until <= at) waiting.delete(id);
    const some = [...waiting].slice(0, most);
    if (some.length === 0) return;
    await connection.ask(
      "SELECT gateway.tell_notices($1, $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6)",
      [
        gateway,
        some.map(([id]) => id),
        some.map(([, { body }]) => body),
        some.map(([, { learnedAt }]) => Math.max(0, Math.round(at - learnedAt))),
        some.map(([, { notice }]) => Math.round(notice.until - at)),
        mostKept,
      ],
    );
    // What is newer is told next.
    for (const [id, told] of some) if (waiting.get(id) === told) waiting.delete(id);
  }

  /** That the database is away, the connection has told. */
  function complain(error: unknown): void {
    if (isClosed || (error instanceof PostgresError && isAway(error)) || tellNow("notices") === undefined)
      return;
    log.error({ reason: toDatabaseError(error).message }, "what is known of upstreams can't be shared now");
  }

  async function tell(): Promise<void> {
    isTelling = true;
    let pauseMs = gatherMs;
    try {
      await tellSome();
    } catch (error) {
      complain(error);
      pauseMs = againMs;
    }
    isTelling = false;
    planTelling(pauseMs);
  }

  function planTelling(milliseconds: number): void {
    if (isClosed || isTelling || stopTelling !== undefined || connection.isAway || waiting.size === 0) return;
    stopTelling = startTimer(milliseconds, () => {
      stopTelling = undefined;
      void tell();
    });
  }

  async function lookSafely(): Promise<void> {
    try {
      if (!connection.isAway) await look();
    } catch (error) {
      complain(error);
    }
  }

  function planLooking(): void {
    if (isClosed) return;
    stopLooking = startTimer(lookMs, () => void lookSafely().then(planLooking));
  }

  connection.onOpen(() => planTelling(0));

  return {
    publish(notice) {
      if (isClosed || notice.isLocal === true) return;
      const learnedAt = now();
      board.pin(notice, learnedAt);
      const body = JSON.stringify([notice.kind, notice.key, notice.value]);
      if (body.length > longestBody) return;
      const id = createHash("sha256").update(identifyNotice(notice)).digest("base64url");
      waiting.delete(id);
      waiting.set(id, { notice, body, learnedAt });
      const [oldest] = waiting.keys();
      if (waiting.size > mostWaiting && oldest !== undefined) waiting.delete(oldest);
      planTelling(gatherMs);
    },
    subscribe: (kind, take) => board.subscribe(kind, take),
    async start() {
      await lookSafely();
      planLooking();
    },
    close() {
      isClosed = true;
      stopTelling?.();
      stopLooking?.();
    },
  };
}
