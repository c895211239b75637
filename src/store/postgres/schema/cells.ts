// Lists of its own: what a version has made does not change with what the next one adds up.
const dimensions = ["key", "model", "upstream", "dialect", "error", "client"];
const counts = [
  "requests",
  "answered",
  "failed",
  "refused",
  "left",
  "inputTokens",
  "outputTokens",
  "reasoningTokens",
  "nanoUsd",
  "ms",
  "firstTokenMs",
  "firstTokens",
  "recovered",
];
const times = ["firstTokenTimes", "totalTimes"];
const keys = ["period", "slot", "view", ...dimensions];

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

/** Times are put behind those that are there, until they are longer than this, in bytes. */
const longestTimes = 512;

const fold = (expression: string) =>
  `CASE WHEN length(${expression}) > ${longestTimes} THEN fold_times(${expression}) ELSE ${expression} END`;

/** The periods: number, ms. */
const recent = [0, 75_000] as const;
const half = [1, 1_800_000] as const;
const hour = [2, 3_600_000] as const;
const day = [3, 86_400_000] as const;

/** The views: number, dimensions, periods, and whether their cells have times. */
const views = [
  [1, [], [half, hour, day], true],
  [2, ["upstream", "error"], [recent, half, hour, day], true],
  [3, ["model"], [recent, half, hour, day], true],
  [4, ["dialect", "client"], [hour, day], false],
  [5, ["key"], [half, hour, day], true],
  [6, ["key", "upstream", "error"], [recent, half, day], true],
  [7, ["key", "model"], [recent, half, day], true],
  [8, ["model", "upstream", "dialect", "error", "client"], [hour, day], false],
  [9, ["key", "dialect", "client"], [hour, day], false],
  [10, dimensions, [day], false],
] as const satisfies readonly (readonly [
  number,
  readonly string[],
  readonly (readonly [number, number])[],
  boolean,
])[];

/** Each view in each of its periods: of so many slots of the shortest, which dimensions it tells apart, and whether it has times. */
const kinds = views.flatMap(([view, names, periods, hasTimes]) =>
  periods.map(([period, ms]) => {
    const told = dimensions.map((name) => (names as readonly string[]).includes(name));
    return `(${[period, ms / recent[1], view, ...told, hasTimes].join(", ")})`;
  }),
);

/** A request as it waits to be added up; `tried`: whether there was more than one attempt. */
const waiting = (
  tried: string,
) => `at, outcome, coalesce(key, ''), coalesce(model, ''), coalesce(upstream, ''), coalesce(dialect, ''), coalesce(error, ''),
    coalesce(client, ''), "inputTokens", "outputTokens", "reasoningTokens", "nanoUsd", ms, "firstTokenMs",
    outcome = 'answered' AND ${tried}`;

/**
 * Cells in place of sums by hour and by day: what the requests of a slot of time came to, told apart by the dimensions of a view
 * (`src/ledger/views.ts` has their numbers; `src/ledger/time-buckets.ts` how times are written). Requests wait in a table of their own until some gateway adds up all that
 * wait, which takes little more for thousands than for one; whoever asks for sums does it first. So what is noted waits for no other gateway.
 */
export const cellSchema = `
LOCK TABLE gateway.writers IN EXCLUSIVE MODE;
CREATE TABLE gateway.cells (
  period smallint NOT NULL, slot bigint NOT NULL, view smallint NOT NULL,
  ${dimensions.map((name) => `"${name}" text NOT NULL`).join(", ")},
  ${counts.map((name) => `"${name}" double precision NOT NULL`).join(", ")},
  "lastAt" bigint NOT NULL,
  ${times.map((name) => `"${name}" bytea NOT NULL`).join(", ")},
  PRIMARY KEY (${list(keys)})
) WITH (fillfactor = 80);

CREATE TABLE gateway.waiting (
  at bigint NOT NULL, outcome text NOT NULL,
  ${dimensions.map((name) => `"${name}" text NOT NULL`).join(", ")},
  "inputTokens" bigint, "outputTokens" bigint, "reasoningTokens" bigint, "nanoUsd" bigint,
  ms double precision NOT NULL, "firstTokenMs" double precision, "isRecovered" boolean
-- Nothing stays in it: what was there is to be looked over as seldom as can be.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
-- As a text, since what clients send may be no JSON for PostgreSQL.
INSERT INTO gateway.waiting SELECT ${waiting(`rest ~ '"attempts":\\[[^]]*\\},\\{'`)} FROM gateway.requests;
DROP TABLE gateway.hours, gateway.days;
DROP FUNCTION gateway.prune(bigint, bigint);

-- An entry for each bucket: its number in one byte, how often it was met in three.
CREATE FUNCTION gateway.time_entry(p_ms double precision) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT int4send((CASE WHEN p_ms < 1 THEN 0 ELSE least(255, 1 + floor(8 * ln(p_ms) / ln(2::double precision) + 1e-9)::int) END << 24) | 1)
$$;

CREATE FUNCTION gateway.fold_times(p_times bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(int4send((bucket << 24) | least(count, 16777215)::int), ''::bytea), ''::bytea) FROM (
    SELECT get_byte(p_times, i) AS bucket,
      sum((get_byte(p_times, i + 1) << 16) | (get_byte(p_times, i + 2) << 8) | get_byte(p_times, i + 3)) AS count
    FROM generate_series(0, length(p_times) - 4, 4) i GROUP BY 1) x
$$;

CREATE OR REPLACE FUNCTION gateway.note(p_writer text, p_number bigint, p_rows json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
  INSERT INTO writers AS w VALUES (p_writer, p_number, clock_ms())
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, written_at = excluded.written_at WHERE w.number < excluded.number;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM open_day(x.day) FROM (
    SELECT DISTINCT floor(at / 86400000.0)::bigint * 86400000 AS day FROM json_to_recordset(p_rows) AS r(at bigint) ORDER BY 1) x;
  WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(p_rows) AS r(
      at bigint, id text, outcome text, key text, model text, upstream text, dialect text, error text, session text, client text,
      "inputTokens" bigint, "outputTokens" bigint, "reasoningTokens" bigint, "nanoUsd" bigint,
      ms double precision, "firstTokenMs" double precision, rest text, attempts integer)
  ), kept AS (
    INSERT INTO requests (at, id, outcome, key, model, upstream, dialect, error, session, client,
      "inputTokens", "outputTokens", "reasoningTokens", "nanoUsd", ms, "firstTokenMs", rest)
    SELECT at, id, outcome, key, model, upstream, dialect, error, session, client,
      "inputTokens", "outputTokens", "reasoningTokens", "nanoUsd", ms, "firstTokenMs", rest FROM given
  )
  INSERT INTO waiting SELECT ${waiting("attempts > 1")} FROM given;
END $$;

-- Adds up at most so many of those that wait; answers with how many there were. One at a time does it: others go on, or wait (p_wait).
CREATE FUNCTION gateway.roll_up(p_most integer, p_wait boolean) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp AS $$
DECLARE
  taken_rows integer;
BEGIN
  IF p_wait THEN
    PERFORM pg_advisory_xact_lock(7261658574);
  ELSIF NOT pg_try_advisory_xact_lock(7261658574) THEN
    RETURN 0;
  END IF;
  WITH taken AS (
    DELETE FROM waiting WHERE ctid = ANY (ARRAY(SELECT ctid FROM waiting LIMIT p_most)) RETURNING *
  ), alike AS (
    SELECT floor(at / ${recent[1]}.0)::bigint AS slot, ${list(dimensions)},
      count(*) AS requests,
      count(*) FILTER (WHERE outcome = 'answered') AS answered,
      count(*) FILTER (WHERE outcome = 'failed') AS failed,
      count(*) FILTER (WHERE outcome = 'refused') AS refused,
      count(*) FILTER (WHERE outcome = 'left') AS "left",
      coalesce(sum("inputTokens"), 0) AS "inputTokens",
      coalesce(sum("outputTokens"), 0) AS "outputTokens",
      coalesce(sum("reasoningTokens"), 0) AS "reasoningTokens",
      coalesce(sum("nanoUsd"), 0) AS "nanoUsd",
      sum(ms) AS ms,
      coalesce(sum("firstTokenMs"), 0) AS "firstTokenMs",
      count("firstTokenMs") AS "firstTokens",
      count(*) FILTER (WHERE "isRecovered") AS recovered,
      max(at) AS "lastAt",
      string_agg(time_entry("firstTokenMs"), '') AS "firstTokenTimes",
      string_agg(time_entry(ms), '') FILTER (WHERE outcome = 'answered') AS "totalTimes"
    FROM taken GROUP BY 1, 2, 3, 4, 5, 6, 7
  ), added AS (
    SELECT v.period, floor(a.slot::numeric / v.slots)::bigint AS slot, v.view,
      ${dimensions.map((name) => `CASE WHEN v."${name}" THEN a."${name}" ELSE '' END AS "${name}"`).join(", ")},
      ${counts.map((name) => `sum(a."${name}")::double precision AS "${name}"`).join(", ")},
      max(CASE WHEN v.timed THEN a."lastAt" ELSE 0 END) AS "lastAt",
      ${times.map((name) => `coalesce(string_agg(CASE WHEN v.timed THEN a."${name}" END, ''), '') AS "${name}"`).join(", ")}
    FROM alike a CROSS JOIN (VALUES
      ${kinds.join(",\n      ")}) v(period, slots, view, ${list(dimensions)}, timed)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ), written AS (
    INSERT INTO cells AS c (${list([...keys, ...counts, "lastAt", ...times])})
    SELECT ${list([...keys, ...counts, "lastAt"])}, ${times.map((name) => fold(`"${name}"`)).join(", ")} FROM added
    ON CONFLICT (${list(keys)}) DO UPDATE SET
      ${counts.map((name) => `"${name}" = c."${name}" + excluded."${name}"`).join(", ")},
      "lastAt" = greatest(c."lastAt", excluded."lastAt"),
      ${times.map((name) => `"${name}" = ${fold(`(c."${name}" || excluded."${name}")`)}`).join(", ")}
  )
  SELECT count(*) INTO taken_rows FROM taken;
  RETURN taken_rows;
END $$;

-- Drops the days that ended before p_before, then the oldest while all are larger than p_bytes; never the newest. p_slots: the first slot
-- that is kept of each period, by its number.
CREATE FUNCTION gateway.prune(p_before bigint, p_bytes bigint, p_slots bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  size bigint;
  part record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7261658573) THEN RETURN; END IF;
  SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) INTO size FROM pg_inherits WHERE inhparent = 'requests'::regclass;
  FOR part IN
    SELECT name, bytes, starts + 86400000 <= p_before AS old, starts = max(starts) OVER () AS newest
    FROM (
      SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes,
        (extract(epoch FROM to_date(substr(c.relname, 10), 'YYYYMMDD')::timestamp) * 1000)::bigint AS starts
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'requests'::regclass) x
    ORDER BY starts
  LOOP
    CONTINUE WHEN NOT part.old AND (part.newest OR size <= p_bytes);
    size := size - part.bytes;
    EXECUTE format('DROP TABLE %I', part.name);
  END LOOP;
  DELETE FROM writers WHERE written_at < clock_ms() - 86400000;
  -- Who adds up writes cells, too, and would lock them in another order. That may take a second.
  PERFORM set_config('lock_timeout', '10s', true);
  PERFORM pg_advisory_xact_lock(7261658574);
  FOR number IN 0 .. array_length(p_slots, 1) - 1 LOOP
    DELETE FROM cells WHERE period = number AND slot < p_slots[number + 1];
  END LOOP;
END $$;
`;
