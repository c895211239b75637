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

const addTimes = (name: string) => `"${name}" = CASE
    WHEN length(c."${name}") + length(excluded."${name}") > ${longestTimes} THEN fold_times(c."${name}" || excluded."${name}")
    ELSE c."${name}" || excluded."${name}" END`;

/** The views' dimensions by their numbers, and the periods (number and ms) of which cells are made of rows that are there. */
const half = [1, 1_800_000];
const hour = [2, 3_600_000];
const day = [3, 86_400_000];
const views: readonly (readonly [number, readonly string[], readonly (readonly number[])[]])[] = [
  [1, [], [half, hour, day]],
  [2, ["upstream", "error"], [half, hour, day]],
  [3, ["model"], [half, hour, day]],
  [4, ["dialect", "client"], [hour, day]],
  [5, ["key"], [half, hour, day]],
  [6, ["key", "upstream", "error"], [half, day]],
  [7, ["key", "model"], [half, day]],
  [8, ["model", "upstream", "dialect", "error", "client"], [hour, day]],
  [9, ["key", "dialect", "client"], [hour, day]],
  [10, dimensions, [day]],
];

/** From groups of half an hour of all dimensions. */
const fill = views.flatMap(([view, names, periods]) =>
  periods.map(
    ([period = 0, ms = 1]) => `
INSERT INTO gateway.cells (${list([...keys, ...counts])}, "lastAt")
  SELECT ${period}, floor(half * 1800000.0 / ${ms})::bigint, ${view}, ${dimensions.map((name) => (names.includes(name) ? `"${name}"` : "''")).join(", ")},
    ${counts.map((name) => `sum("${name}")`).join(", ")}, max("lastAt")
  FROM gateway.old_groups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;`,
  ),
);

/**
 * Cells in place of sums by hour and by day: what the requests of a slot of time came to, told apart by the dimensions of a view
 * (`src/ledger/views.ts` has their numbers; `src/ledger/time-buckets.ts` how times are written). The gateway makes them of the rows that it
 * notes. Those of rows that are there are made here, without times.
 */
export const cellSchema = `
LOCK TABLE gateway.writers IN EXCLUSIVE MODE;
CREATE TABLE gateway.cells (
  period smallint NOT NULL, slot bigint NOT NULL, view smallint NOT NULL,
  ${dimensions.map((name) => `"${name}" text NOT NULL`).join(", ")},
  ${counts.map((name) => `"${name}" double precision NOT NULL`).join(", ")},
  "lastAt" bigint NOT NULL,
  ${times.map((name) => `"${name}" bytea NOT NULL DEFAULT ''`).join(", ")},
  PRIMARY KEY (${list(keys)})
) WITH (fillfactor = 80);

CREATE TABLE gateway.old_groups AS
  SELECT floor(at / 1800000.0)::bigint AS half, ${dimensions.map((name) => `coalesce("${name}", '') AS "${name}"`).join(", ")},
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
    count(*) FILTER (WHERE outcome = 'answered' AND json_array_length((rest::json) -> 'attempts') > 1) AS recovered,
    max(at) AS "lastAt"
  FROM gateway.requests GROUP BY 1, 2, 3, 4, 5, 6, 7;
${fill.join("")}
DROP TABLE gateway.old_groups;
DROP TABLE gateway.hours, gateway.days;
DROP FUNCTION gateway.note(text, bigint, json);
DROP FUNCTION gateway.prune(bigint, bigint);

-- An entry for each bucket: its number in one byte, how often it was met in three.
CREATE FUNCTION gateway.fold_times(p_times bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(int4send((bucket << 24) | least(count, 16777215)::int), ''::bytea), ''::bytea) FROM (
    SELECT get_byte(p_times, i) AS bucket,
      sum((get_byte(p_times, i + 1) << 16) | (get_byte(p_times, i + 2) << 8) | get_byte(p_times, i + 3)) AS count
    FROM generate_series(0, length(p_times) - 4, 4) i GROUP BY 1) x
$$;

-- Cells are locked in the order of their keys, whoever writes them. What is 0 or '' may be absent of them.
CREATE FUNCTION gateway.note(p_writer text, p_number bigint, p_rows json, p_cells json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
  INSERT INTO writers AS w VALUES (p_writer, p_number, clock_ms())
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, written_at = excluded.written_at WHERE w.number < excluded.number;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM open_day(x.day) FROM (
    SELECT DISTINCT floor(at / 86400000.0)::bigint * 86400000 AS day FROM json_to_recordset(p_rows) AS r(at bigint) ORDER BY 1) x;
  INSERT INTO requests (at, id, outcome, key, model, upstream, dialect, error, session, client,
    "inputTokens", "outputTokens", "reasoningTokens", "nanoUsd", ms, "firstTokenMs", rest)
  SELECT * FROM json_to_recordset(p_rows) AS r(
    at bigint, id text, outcome text, key text, model text, upstream text, dialect text, error text, session text, client text,
    "inputTokens" bigint, "outputTokens" bigint, "reasoningTokens" bigint, "nanoUsd" bigint,
    ms double precision, "firstTokenMs" double precision, rest text);
  INSERT INTO cells AS c
    SELECT * FROM json_populate_recordset(
      ROW(${[...keys.map((name) => (dimensions.includes(name) ? "''" : "0")), ...counts.map(() => "0"), "0", "''", "''"].join(", ")})::cells, p_cells)
    ORDER BY ${list(keys)}
    ON CONFLICT (${list(keys)}) DO UPDATE SET
      ${counts.map((name) => `"${name}" = c."${name}" + excluded."${name}"`).join(", ")},
      "lastAt" = greatest(c."lastAt", excluded."lastAt"), ${times.map(addTimes).join(", ")};
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
  FOR number IN 0 .. array_length(p_slots, 1) - 1 LOOP
    DELETE FROM cells WHERE period = number AND slot < p_slots[number + 1];
  END LOOP;
  DELETE FROM writers WHERE written_at < clock_ms() - 86400000;
END $$;
`;
