import type { AccessKey, KeyLineage } from "../../access/access-key.ts";
import type { Row } from "./create-connection.ts";

/** Of each key that is asked for (`asked`), itself and its ancestors, its parent first. Whoever uses it says how keys are asked for. */
export function lineageSql(asked: "digest" | "id"): string {
  return `
    WITH RECURSIVE line AS (
      SELECT ${asked} AS asked, 0 AS depth, parent, budget, body FROM gateway.keys WHERE ${asked} = ANY($1)
      UNION ALL
      SELECT line.asked, line.depth + 1, k.parent, k.budget, k.body FROM line JOIN gateway.keys k ON k.id = line.parent
    )
    SELECT line.asked, line.body, b.body AS budget
    FROM line LEFT JOIN gateway.budgets b ON b.id = line.budget ORDER BY line.asked, line.depth`;
}

/** All keys, the newest first. */
export const listSql = `
  SELECT k.body, b.body AS budget FROM gateway.keys k LEFT JOIN gateway.budgets b ON b.id = k.budget
  ORDER BY k.created_at DESC, k.id DESC`;

/** The key of a row. */
export function readKey({ body, budget }: Row): AccessKey {
  // What was written there by this folder is an AccessKey and a Budget.
  const key = JSON.parse(String(body)) as AccessKey;
  return typeof budget === "string" ? { ...key, budget: JSON.parse(budget) } : key;
}

/** The families of rows, by what was asked for. */
export function readLineages(rows: readonly Row[]): ReadonlyMap<string, KeyLineage> {
  const families = new Map<string, AccessKey[]>();
  for (const row of rows) {
    const asked = String(row["asked"]);
    const family = families.get(asked);
    if (family === undefined) families.set(asked, [readKey(row)]);
    else family.push(readKey(row));
  }
  return new Map(
    [...families].flatMap(([asked, [key, ...ancestors]]) =>
      key === undefined ? [] : [[asked, { key, ancestors }] as const],
    ),
  );
}
