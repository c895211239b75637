/** What is summed up, in rows and in sums of them. A list of its own: what a version has made does not change with what the next one adds up. */
const figures = [
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
] as const;

const columns = figures.map((name) => `"${name}"`);

/**
 * The ledger: a partition for each day (UTC), so that what is too old goes at once, and sums by hour and by day that are made when rows
 * are written. Keys and models are '' in sums where rows have none. `rest` is JSON: what nobody searches or sums.
 */
export const ledgerSchema = `
CREATE SEQUENCE gateway.request_sequence;
CREATE TABLE gateway.requests (
  at bigint NOT NULL,
  sequence bigint NOT NULL DEFAULT nextval('gateway.request_sequence'),
  id text NOT NULL,
  outcome text NOT NULL,
  key text, model text, upstream text, dialect text, error text, session text, client text,
  "inputTokens" bigint, "outputTokens" bigint, "reasoningTokens" bigint, "nanoUsd" bigint,
  ms double precision NOT NULL, "firstTokenMs" double precision,
  rest text NOT NULL
) PARTITION BY RANGE (at);
-- For each filter that leaves few rows of many, in the order of pages; of what most rows have alike, only for the others.
CREATE INDEX requests_at ON gateway.requests (at);
CREATE INDEX requests_id ON gateway.requests (id);
CREATE INDEX requests_key ON gateway.requests (key, at);
CREATE INDEX requests_model ON gateway.requests (model, at);
CREATE INDEX requests_upstream ON gateway.requests (upstream, at);
CREATE INDEX requests_dialect ON gateway.requests (dialect, at);
CREATE INDEX requests_outcome ON gateway.requests (outcome, at) WHERE outcome <> 'answered';
CREATE INDEX requests_error ON gateway.requests (error, at) WHERE error IS NOT NULL;
CREATE INDEX requests_session ON gateway.requests (session) WHERE session IS NOT NULL;

CREATE TABLE gateway.hours (
  at bigint, key text, model text,
  ${columns.map((name) => `${name} double precision NOT NULL`).join(", ")},
  PRIMARY KEY (at, key, model)
) WITH (fillfactor = 70);
CREATE TABLE gateway.days (LIKE gateway.hours INCLUDING ALL) WITH (fillfactor = 70);

-- Who writes has written up to this number: what arrives twice is written once.
CREATE TABLE gateway.writers (
  id text PRIMARY KEY,
  number bigint NOT NULL,
  written_at bigint NOT NULL
) WITH (fillfactor = 40);

-- Made beside the table and then attached, which stops neither reading nor writing.
CREATE FUNCTION gateway.open_day(p_day bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp AS $$
DECLARE
  name text := 'requests_' || to_char(to_timestamp(p_day / 1000) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
  IF to_regclass('gateway.' || name) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7261658572);
  IF to_regclass('gateway.' || name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE requests INCLUDING DEFAULTS)', name);
  EXECUTE format('ALTER TABLE requests ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', name, p_day, p_day + 86400000);
END $$;

CREATE FUNCTION gateway.note(p_writer text, p_number bigint, p_rows json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
  INSERT INTO writers AS w VALUES (p_writer, p_number, clock_ms())
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, written_at = excluded.written_at WHERE w.number < excluded.number;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM open_day(x.day) FROM (
    SELECT DISTINCT at - at % 86400000 AS day FROM json_to_recordset(p_rows) AS r(at bigint) ORDER BY 1) x;
  WITH given AS (
    SELECT * FROM json_to_recordset(p_rows) AS r(
      at bigint, id text, outcome text, key text, model text, upstream text, dialect text, error text, session text, client text,
      "inputTokens" bigint, "outputTokens" bigint, "reasoningTokens" bigint, "nanoUsd" bigint,
      ms double precision, "firstTokenMs" double precision, rest text)
  ), kept AS (
    INSERT INTO requests (at, id, outcome, key, model, upstream, dialect, error, session, client,
      "inputTokens", "outputTokens", "reasoningTokens", "nanoUsd", ms, "firstTokenMs", rest)
    SELECT * FROM given
  ), summed AS (
    SELECT at - at % 3600000 AS hour, coalesce(key, '') AS key, coalesce(model, '') AS model,
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
      count("firstTokenMs") AS "firstTokens"
    FROM given GROUP BY 1, 2, 3
  ), hourly AS (
    INSERT INTO hours AS s SELECT * FROM summed ORDER BY 1, 2, 3
    ON CONFLICT (at, key, model) DO UPDATE SET ${columns.map((name) => `${name} = s.${name} + excluded.${name}`).join(", ")}
  )
  INSERT INTO days AS s
    SELECT hour - hour % 86400000, key, model, ${columns.map((name) => `sum(${name})`).join(", ")} FROM summed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (at, key, model) DO UPDATE SET ${columns.map((name) => `${name} = s.${name} + excluded.${name}`).join(", ")};
END $$;

-- Drops the days that ended before p_before, then the oldest while all are larger than p_bytes; never the newest. Days' sums stay.
CREATE FUNCTION gateway.prune(p_before bigint, p_bytes bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  size bigint;
  part record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7261658573) THEN RETURN; END IF;
  SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) INTO size FROM pg_inherits WHERE inhparent = 'requests'::regclass;
  FOR part IN
    SELECT name, bytes, starts + 86400000 AS ends, starts + 86400000 <= p_before AS old, starts = max(starts) OVER () AS newest
    FROM (
      SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes,
        (extract(epoch FROM to_date(substr(c.relname, 10), 'YYYYMMDD')::timestamp) * 1000)::bigint AS starts
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'requests'::regclass) x
    ORDER BY starts
  LOOP
    CONTINUE WHEN NOT part.old AND (part.newest OR size <= p_bytes);
    size := size - part.bytes;
    EXECUTE format('DROP TABLE %I', part.name);
    DELETE FROM hours WHERE at < part.ends;
  END LOOP;
  DELETE FROM hours WHERE at < p_before;
  DELETE FROM writers WHERE written_at < clock_ms() - 86400000;
END $$;
`;
