import type { DatabaseSync } from "node:sqlite";

/** No more are remembered between writes; clients choose some of them. */
const longestMemory = 10_000;

/** Gives texts that many rows share their numbers. */
export interface NameNumbers {
  /** The number of a name that was used on `day`. `lasting`: sums have it too, which outlive rows. */
  numberOf(text: string, day: number, lasting: boolean): number;
  /** Gives up names that rows had until before `rowDay`, lasting ones until before `sumDay`. */
  prune(rowDay: number, sumDay: number): void;
  /** What was written last was undone. */
  readonly forget: () => void;
}

interface Known {
  readonly id: number;
  readonly day: number;
  readonly lasting: boolean;
}

/** Creates the writer's side of the table `names`, which remembers what it has written. */
export function createNameNumbers(database: DatabaseSync): NameNumbers {
  const known = new Map<string, Known>();
  const upsert = database.prepare(`
    INSERT INTO names (text, day, lasting) VALUES (?, ?, ?) ON CONFLICT (text)
    DO UPDATE SET day = max(day, excluded.day), lasting = max(lasting, excluded.lasting) RETURNING id`);
  const remove = database.prepare("DELETE FROM names WHERE day < CASE lasting WHEN 0 THEN ? ELSE ? END");

  return {
    numberOf(text, day, lasting) {
      const found = known.get(text);
      if (found !== undefined && found.day >= day && (found.lasting || !lasting)) return found.id;
      const id = Number(upsert.get(text, day, Number(lasting))?.["id"]);
      if (known.size >= longestMemory) known.clear();
      known.set(text, { id, day, lasting: lasting || found?.lasting === true });
      return id;
    },
    prune(rowDay, sumDay) {
      remove.run(rowDay, sumDay);
      known.clear();
    },
    forget: () => known.clear(),
  };
}
