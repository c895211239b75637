import type { Connection } from "./create-connection.ts";

/** There is one so far, which signs image links and seals summaries. */
const name = "gateway";

/** The secret of all that share the database: what the first of them has offered. */
export async function shareSecret(connection: Connection, offered: string): Promise<string> {
  await connection.askLong("INSERT INTO gateway.secrets VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    name,
    offered,
  ]);
  const [row] = await connection.askLong("SELECT value FROM gateway.secrets WHERE name = $1", [name]);
  const value = row?.["value"];
  if (typeof value !== "string") throw new Error("the secret that was kept is gone");
  return value;
}
