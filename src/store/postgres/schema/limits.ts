/**
 * Limits and what is reserved of them. The rules are those of `access/limit-rules.ts`.
 *
 * All that touches counters locks them first, in the order of their ids, and looks at the clock after that: the time of the statement
 * is older than what its predecessor did. A counter is deleted only where it binds no key any more. Counters go by the clock `now_ms`, in whose place tests
 * put another; leases by `clock_ms`.
 */
export const limitSchema = `
CREATE TABLE gateway.counters (
  id text COLLATE "C" PRIMARY KEY,
  kind smallint NOT NULL, -- 0 rate, 1 budget, 2 concurrency
  unit smallint NOT NULL, -- 0 requests, 1 tokens, 2 nano-usd
  period text NOT NULL,
  win bigint NOT NULL DEFAULT 0,
  used bigint NOT NULL DEFAULT 0,
  prev bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 40);

-- state 0: open; 1: given back, since its process was gone; 2: cancelled, so that it can't come to be any more
CREATE TABLE gateway.holds (
  id text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  state smallint NOT NULL DEFAULT 0,
  counters text[] NOT NULL,
  amounts bigint[] NOT NULL,
  wins bigint[] NOT NULL,
  expires_at bigint NOT NULL
);

CREATE FUNCTION gateway.clock_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;
CREATE FUNCTION gateway.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

CREATE FUNCTION gateway.window_of(p_period text, p_at bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT CASE p_period
    WHEN 'minute' THEN p_at - p_at % 60000
    WHEN 'hour' THEN p_at - p_at % 3600000
    WHEN 'day' THEN p_at - p_at % 86400000
    WHEN 'week' THEN p_at - (p_at + 259200000) % 604800000
    WHEN 'month' THEN (extract(epoch FROM date_trunc('month', to_timestamp(p_at / 1000.0), 'UTC')) * 1000)::bigint
    ELSE 0
  END
$$;

-- Takes all or nothing for each of several reservations, in turn. Limits are sorted and each named once; p_of: whose take it is, ascending;
-- p_at: of which limit. Answers with those that were refused: by a revoked key (at 0), or by each limit that is in the way.
CREATE FUNCTION gateway.reserve(
  p_owner text, p_keep_ms bigint, p_patience_ms bigint,
  p_ids text[], p_key_of integer[], p_keys text[],
  p_limits text[], p_kinds smallint[], p_units smallint[], p_periods text[],
  p_of integer[], p_at integer[], p_amounts bigint[], p_caps bigint[]
) RETURNS TABLE (n integer, at integer, win bigint, used bigint, prev bigint, held bigint, seen_at bigint)
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
#variable_conflict use_column
DECLARE
  t bigint;
  i integer;
  k integer := 1;
  takes integer := cardinality(p_of);
  first_take integer;
  fits boolean;
  w bigint;
  spans bigint[];
  a_win bigint[];
  a_used bigint[];
  a_prev bigint[];
  a_held bigint[];
  changed boolean[] := array_fill(false, ARRAY[cardinality(p_limits)]);
  taken boolean[] := array_fill(false, ARRAY[cardinality(p_ids)]);
  revoked integer[];
BEGIN
  IF (SELECT count(*) FROM counters WHERE id = ANY(p_limits)) < cardinality(p_limits) THEN
    INSERT INTO counters (id, kind, unit, period)
      SELECT * FROM unnest(p_limits, p_kinds, p_units, p_periods) ORDER BY 1
      ON CONFLICT DO NOTHING;
  END IF;
  PERFORM 1 FROM counters WHERE id = ANY(p_limits) ORDER BY id FOR UPDATE;
  SELECT array_agg(DISTINCT x.n) INTO revoked
    FROM unnest(p_key_of, p_keys) x(n, key) JOIN keys ON keys.id = x.key WHERE keys.revoked_at IS NOT NULL;
  SELECT array_agg(c.win ORDER BY x.o), array_agg(c.used ORDER BY x.o), array_agg(c.prev ORDER BY x.o), array_agg(c.held ORDER BY x.o)
    INTO a_win, a_used, a_prev, a_held
    FROM unnest(p_limits) WITH ORDINALITY x(id, o) JOIN counters c ON c.id = x.id;

  t := now_ms();
  -- Whoever asked has given up by now, and counts on that nothing comes of it.
  IF extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000 > p_patience_ms THEN
    RAISE EXCEPTION 'too late' USING ERRCODE = 'query_canceled';
  END IF;

  FOR i IN 1..cardinality(p_limits) LOOP
    spans[i] := CASE WHEN p_kinds[i] <> 0 THEN 0 WHEN p_periods[i] = 'day' THEN 86400000 ELSE 60000 END;
    w := CASE WHEN p_kinds[i] = 2 THEN 0 ELSE window_of(p_periods[i], t) END;
    IF w > a_win[i] THEN
      a_prev[i] := CASE WHEN spans[i] > 0 AND w - a_win[i] = spans[i] THEN a_used[i] ELSE 0 END;
      a_used[i] := 0;
      a_win[i] := w;
    END IF;
  END LOOP;

  FOR r IN 1..cardinality(p_ids) LOOP
    first_take := k;
    fits := revoked IS NULL OR r <> ALL(revoked);
    IF NOT fits THEN
      n := r;
      at := 0;
      RETURN NEXT;
    END IF;
    WHILE k <= takes AND p_of[k] = r LOOP
      i := p_at[k];
      w := a_used[i] + a_held[i] + p_amounts[k];
      IF a_prev[i] > 0 THEN
        w := w + ceil(a_prev[i]::float8 * least(spans[i], greatest(0, a_win[i] + spans[i] - t)) / spans[i])::bigint;
      END IF;
      IF w > p_caps[k] AND (fits OR at > 0) THEN
        fits := false;
        n := r;
        at := k;
        win := a_win[i];
        used := a_used[i];
        prev := a_prev[i];
        held := a_held[i];
        seen_at := t;
        RETURN NEXT;
      END IF;
      k := k + 1;
    END LOOP;
    taken[r] := fits;
    IF fits THEN
      FOR j IN first_take..k - 1 LOOP
        i := p_at[j];
        changed[i] := true;
        IF p_kinds[i] = 0 THEN
          a_used[i] := a_used[i] + p_amounts[j];
        ELSE
          a_held[i] := a_held[i] + p_amounts[j];
        END IF;
      END LOOP;
    END IF;
  END LOOP;

  UPDATE counters c SET win = x.win, used = x.used, prev = x.prev, held = x.held, period = x.period
    FROM unnest(p_limits, a_win, a_used, a_prev, a_held, p_periods, changed) x(id, win, used, prev, held, period, changed)
    WHERE c.id = x.id AND x.changed;
  INSERT INTO holds (id, owner, counters, amounts, wins, expires_at)
    SELECT p_ids[x.r], p_owner, array_agg(p_limits[x.i]), array_agg(x.amount), array_agg(a_win[x.i]), clock_ms() + p_keep_ms
    FROM unnest(p_of, p_at, p_amounts) x(r, i, amount) WHERE taken[x.r] GROUP BY x.r;
END $$;

-- Settles each once. What is not there was settled before, or never was. A rate is corrected in the window in which it was taken.
CREATE FUNCTION gateway.settle(p_ids text[], p_tokens bigint[], p_usd bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = gateway, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  t bigint;
BEGIN
  PERFORM 1 FROM holds WHERE id = ANY(p_ids) AND state < 2 ORDER BY id FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM 1 FROM counters
    WHERE id IN (SELECT unnest(counters) FROM holds WHERE id = ANY(p_ids) AND state < 2) ORDER BY id FOR UPDATE;
  t := now_ms();
  UPDATE counters c SET
    win = CASE WHEN c.kind = 1 THEN greatest(c.win, window_of(c.period, t)) ELSE c.win END,
    used = CASE
      WHEN c.kind = 0 THEN c.used + v.here
      WHEN c.kind = 1 AND window_of(c.period, t) > c.win THEN v.actual
      WHEN c.kind = 1 THEN c.used + v.actual
      ELSE c.used END,
    prev = CASE WHEN c.kind = 0 THEN c.prev + v.before ELSE c.prev END,
    held = CASE WHEN c.kind = 0 THEN c.held ELSE c.held - v.freed END
  FROM (
    SELECT x.id,
      sum(x.amount) FILTER (WHERE x.state = 0) AS freed,
      sum(x.actual) AS actual,
      sum(x.actual - x.amount) FILTER (WHERE x.win = x.present) AS here,
      sum(x.actual - x.amount) FILTER (WHERE x.win + x.span = x.present) AS before
    FROM (
      SELECT k.id, h.state, y.amount, y.win, k.win AS present,
        CASE k.period WHEN 'day' THEN 86400000 ELSE 60000 END AS span,
        CASE k.unit WHEN 0 THEN y.amount WHEN 1 THEN s.tokens ELSE s.usd END AS actual
      FROM unnest(p_ids, p_tokens, p_usd) s(id, tokens, usd)
      JOIN holds h ON h.id = s.id AND h.state < 2
      CROSS JOIN LATERAL unnest(h.counters, h.amounts, h.wins) y(counter, amount, win)
      JOIN counters k ON k.id = y.counter
    ) x GROUP BY x.id
  ) w CROSS JOIN LATERAL (SELECT
    coalesce(w.freed, 0)::bigint AS freed, w.actual::bigint AS actual,
    coalesce(w.here, 0)::bigint AS here, coalesce(w.before, 0)::bigint AS before) v
  WHERE c.id = w.id;
  DELETE FROM holds WHERE id = ANY(p_ids) AND state < 2;
END $$;

-- Reservations of which nobody knows whether they came to be: from now on they can't any more. Those that did are settled next.
CREATE FUNCTION gateway.cancel(p_owner text, p_ids text[], p_keep_ms bigint) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO gateway.holds (id, owner, state, counters, amounts, wins, expires_at)
    SELECT id, p_owner, 2, '{}', '{}', '{}', gateway.clock_ms() + p_keep_ms FROM unnest(p_ids) id ORDER BY id
    ON CONFLICT DO NOTHING
$$;
`;
