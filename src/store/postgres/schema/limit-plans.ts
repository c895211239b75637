const settings = "SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off";

/**
 * How limits are looked up. Rows of reservations come and go so fast that their table is many times as large as what is in it, and as long as PostgreSQL has
 * seen it nearly empty it reads all of that, for each reservation and while others wait for its locks. All that these functions look up has an
 * index; that is the plan, whatever the tables were like when it was made, and it is made once a connection.
 */
export const limitPlanSchema = `
ALTER FUNCTION gateway.reserve(
  text, bigint, bigint, text[], integer[], text[], text[], smallint[], smallint[], text[], integer[], integer[], bigint[], bigint[]
) ${settings};
ALTER FUNCTION gateway.settle(text[], bigint[], bigint[]) ${settings};
`;
