/** The processes that share the database, each alive until its lease ends, and what becomes of the reservations of one that is not. */
export const processSchema = `
CREATE TABLE gateway.processes (
  id text PRIMARY KEY,
  lease_until bigint NOT NULL
) WITH (fillfactor = 40);

-- Renews the lease; answers with how many processes are alive, and whether there is no key.
CREATE FUNCTION gateway.beat(p_id text, p_lease_ms bigint) RETURNS TABLE (alive bigint, keyless boolean)
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
  INSERT INTO processes VALUES (p_id, clock_ms() + p_lease_ms)
    ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until;
  RETURN QUERY SELECT
    (SELECT count(*) FROM processes WHERE lease_until >= clock_ms()),
    NOT EXISTS (SELECT FROM keys);
END $$;

-- Gives back what processes hold that are gone, and what is open for longer than anything lasts; answers with how much that was. It is kept for
-- a day, so that a process which only slept can still settle it, and is charged for it once.
CREATE FUNCTION gateway.reap(p_most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  t bigint := clock_ms();
  dead text[];
  lost text[];
BEGIN
  DELETE FROM holds WHERE state > 0 AND expires_at < t;
  SELECT array_agg(id) INTO dead FROM processes WHERE lease_until < t;
  SELECT array_agg(id) INTO lost FROM (
    SELECT id FROM holds WHERE state = 0 AND (owner = ANY(dead) OR expires_at < t)
    ORDER BY id LIMIT p_most FOR UPDATE SKIP LOCKED) x;
  IF lost IS NULL THEN
    DELETE FROM processes p WHERE p.id = ANY(dead) AND NOT EXISTS (SELECT FROM holds WHERE owner = p.id AND state = 0);
    RETURN 0;
  END IF;
  PERFORM 1 FROM counters WHERE id IN (SELECT unnest(counters) FROM holds WHERE id = ANY(lost)) ORDER BY id FOR UPDATE;
  UPDATE counters c SET held = c.held - x.amount
    FROM (
      SELECT y.counter, sum(y.amount)::bigint AS amount
      FROM holds h CROSS JOIN LATERAL unnest(h.counters, h.amounts) y(counter, amount)
      WHERE h.id = ANY(lost) GROUP BY 1) x
    WHERE c.id = x.counter AND c.kind > 0;
  UPDATE holds SET state = 1, expires_at = t + 86400000 WHERE id = ANY(lost);
  RETURN cardinality(lost);
END $$;
`;
