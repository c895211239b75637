/**
 * What gateways know of upstreams and tell each other. It is worth little and not for long, so a crash of the server may forget it. All
 * times are those of this database, so that the clocks of gateways don't matter.
 */
export const noticeSchema = `
CREATE UNLOGGED TABLE gateway.notices (
  id text PRIMARY KEY,
  gateway text NOT NULL,
  body text NOT NULL,
  learned_at bigint NOT NULL,
  until bigint NOT NULL,
  seq bigint NOT NULL
);
CREATE INDEX notices_seq ON gateway.notices (seq);

-- One after the other, so that numbers come into sight in their order, and who reads on from the last sees all. They go on after a crash because they are
-- times. Forgets what is over or too much.
CREATE FUNCTION gateway.tell_notices(
  p_gateway text, p_ids text[], p_bodies text[], p_ages bigint[], p_lefts bigint[], p_most integer
) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  asked bigint := clock_ms();
  t bigint;
  last bigint;
BEGIN
  LOCK TABLE notices IN SHARE ROW EXCLUSIVE MODE;
  t := clock_ms();
  SELECT greatest(t, max(seq)) INTO last FROM notices;
  INSERT INTO notices AS n
    SELECT x.id, p_gateway, x.body, asked - x.age, t + x.rest, last + x.place
    FROM unnest(p_ids, p_bodies, p_ages, p_lefts) WITH ORDINALITY x(id, body, age, rest, place)
  -- What one gateway tells comes in the order in which it has learned it, whatever the way took.
  ON CONFLICT (id) DO UPDATE SET
    gateway = excluded.gateway, body = excluded.body, learned_at = greatest(n.learned_at, excluded.learned_at),
    until = excluded.until, seq = excluded.seq
  WHERE n.learned_at <= excluded.learned_at OR n.gateway = excluded.gateway;
  DELETE FROM notices WHERE until <= t;
  DELETE FROM notices WHERE seq <= (SELECT seq FROM notices ORDER BY seq DESC OFFSET p_most LIMIT 1);
END $$;
`;
