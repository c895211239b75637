/**
 * Background responses as processes know each other's; the rules are those of `responses/run-store.ts`.
 *
 * A process locks its runs in the order of their ids before it changes them, so that one who takes a run over comes before or after, and
 * never between. Events lie in parts, as they were told: JSON, one a line.
 */
export const runSchema = `
CREATE TABLE gateway.run_processes (
  id text PRIMARY KEY,
  lease_until bigint NOT NULL
) WITH (fillfactor = 40);

-- One row: when processes were last looked after, since when without a break, and whether the runs that go on are too large together.
CREATE TABLE gateway.run_watch (
  reaped_at bigint NOT NULL,
  steady_since bigint NOT NULL,
  is_crowded boolean NOT NULL
) WITH (fillfactor = 40);
INSERT INTO gateway.run_watch VALUES (0, 0, false);

CREATE TABLE gateway.runs (
  id text COLLATE "C" PRIMARY KEY,
  owner text,
  process text NOT NULL,
  state smallint NOT NULL DEFAULT 0, -- 0 goes on, 1 has ended, 2 is settled
  next integer NOT NULL,
  size bigint NOT NULL,
  is_full boolean NOT NULL DEFAULT false,
  cancel boolean NOT NULL DEFAULT false,
  beat boolean NOT NULL DEFAULT false,
  settled_at bigint
) WITH (fillfactor = 40);

CREATE TABLE gateway.run_events (
  run text COLLATE "C" NOT NULL REFERENCES gateway.runs ON DELETE CASCADE,
  first integer NOT NULL,
  next integer NOT NULL,
  size integer NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (run, next)
);

-- Not each time, since that would write each time.
CREATE FUNCTION gateway.renew_run_process(p_process text, p_lease_ms bigint) RETURNS void
LANGUAGE sql VOLATILE SET search_path = gateway, pg_temp AS $$
  INSERT INTO run_processes AS p VALUES (p_process, clock_ms() + p_lease_ms)
  ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
  WHERE p.lease_until < excluded.lease_until - p_lease_ms / 10
$$;

-- False when too many go on, or they are too large.
CREATE FUNCTION gateway.begin_run(
  p_process text, p_lease_ms bigint, p_id text, p_owner text, p_count integer, p_size integer, p_body text, p_most integer
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
  PERFORM renew_run_process(p_process, p_lease_ms);
  IF EXISTS (SELECT FROM runs WHERE id = p_id) THEN RETURN true; END IF;
  IF (SELECT is_crowded FROM run_watch) OR (SELECT count(*) FROM runs WHERE state = 0) >= p_most THEN RETURN false; END IF;
  INSERT INTO runs (id, owner, process, next, size) VALUES (p_id, p_owner, p_process, p_count, p_size);
  INSERT INTO run_events SELECT p_id, 0, p_count, p_size, p_body WHERE p_count > 0;
  RETURN true;
END $$;

CREATE FUNCTION gateway.append_runs(
  p_process text, p_lease_ms bigint, p_size_each bigint,
  p_ids text[], p_firsts integer[], p_counts integer[], p_sizes integer[], p_bodies text[], p_ended boolean[]
) RETURNS TABLE (id text, state text, cancel boolean, beat boolean)
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
#variable_conflict use_column
DECLARE
  run runs;
  crowded boolean;
  is_new boolean;
  is_refused boolean;
BEGIN
  PERFORM renew_run_process(p_process, p_lease_ms);
  PERFORM 1 FROM runs r WHERE r.id = ANY(p_ids) AND r.process = p_process ORDER BY r.id FOR UPDATE;
  SELECT is_crowded INTO crowded FROM run_watch;
  FOR i IN 1 .. cardinality(p_ids) LOOP
    SELECT * INTO run FROM runs r WHERE r.id = p_ids[i] AND r.process = p_process AND r.state < 2;
    IF NOT FOUND THEN
      RETURN QUERY SELECT p_ids[i], 'lost', false, false;
      CONTINUE;
    END IF;
    is_new := run.state = 0 AND p_counts[i] > 0 AND p_firsts[i] >= run.next;
    is_refused := is_new AND NOT p_ended[i] AND (run.is_full OR crowded OR run.size + p_sizes[i] > p_size_each);
    is_new := is_new AND NOT is_refused;
    IF is_new THEN
      INSERT INTO run_events VALUES (run.id, p_firsts[i], p_firsts[i] + p_counts[i], p_sizes[i], p_bodies[i]);
    END IF;
    IF is_new OR is_refused OR run.beat OR (p_ended[i] AND run.state = 0) THEN
      UPDATE runs r SET
        next = CASE WHEN is_new THEN p_firsts[i] + p_counts[i] ELSE r.next END,
        size = CASE WHEN is_new THEN r.size + p_sizes[i] ELSE r.size END,
        is_full = r.is_full OR is_refused,
        state = CASE WHEN p_ended[i] THEN 1 ELSE r.state END,
        cancel = r.cancel AND NOT p_ended[i],
        beat = false
      WHERE r.id = run.id;
    END IF;
    RETURN QUERY SELECT run.id, CASE WHEN is_refused THEN 'full' ELSE 'kept' END,
      run.cancel AND NOT p_ended[i], run.beat AND NOT p_ended[i];
  END LOOP;
END $$;

CREATE FUNCTION gateway.settle_run(p_process text, p_id text) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  run runs;
BEGIN
  SELECT * INTO run FROM runs WHERE id = p_id FOR UPDATE;
  IF NOT FOUND THEN RETURN 'gone'; END IF;
  IF run.process <> p_process THEN RETURN 'taken'; END IF;
  UPDATE runs SET state = 2, settled_at = clock_ms() WHERE id = p_id AND state = 1;
  RETURN 'settled';
END $$;

-- Takes over, and forgets what is old or too much. One process at a time does that; who is at a run, or renews its lease, is not waited for.
CREATE FUNCTION gateway.reap_runs(
  p_process text, p_lease_ms bigint, p_kept_ms bigint, p_settled integer, p_size bigint, p_most integer
) RETURNS TABLE (id text, next integer, ended boolean, cancelled boolean)
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
#variable_conflict use_column
DECLARE
  t bigint;
  since bigint;
  live bigint;
BEGIN
  PERFORM renew_run_process(p_process, p_lease_ms);
  PERFORM 1 FROM run_watch FOR UPDATE;
  t := clock_ms();
  SELECT coalesce(sum(size), 0) INTO live FROM runs WHERE state < 2;
  UPDATE run_watch SET
    steady_since = CASE WHEN t - reaped_at > p_lease_ms / 2 THEN t ELSE steady_since END,
    reaped_at = t,
    is_crowded = live > p_size
  RETURNING steady_since INTO since;
  DELETE FROM runs r WHERE r.id IN (
    SELECT l.id FROM runs l JOIN (
      SELECT s.id, s.settled_at, row_number() OVER newest AS place, sum(s.size) OVER newest AS total
      FROM runs s WHERE s.state = 2 WINDOW newest AS (ORDER BY s.settled_at DESC, s.id)) x ON x.id = l.id
    WHERE x.place > p_settled OR x.settled_at <= t - p_kept_ms OR x.total > p_size - live
    ORDER BY l.id FOR UPDATE OF l SKIP LOCKED);
  DELETE FROM run_processes p WHERE p.id IN (
    SELECT o.id FROM run_processes o WHERE o.lease_until < t - p_lease_ms FOR UPDATE SKIP LOCKED);
  IF t - since < p_lease_ms THEN RETURN; END IF;
  RETURN QUERY UPDATE runs r SET process = p_process FROM (
    SELECT d.id FROM runs d
    WHERE d.state < 2 AND NOT EXISTS (SELECT FROM run_processes p WHERE p.id = d.process AND p.lease_until >= t)
    ORDER BY d.id LIMIT p_most FOR UPDATE SKIP LOCKED) x
  WHERE r.id = x.id RETURNING r.id, r.next, r.state = 1, r.cancel;
END $$;
`;
