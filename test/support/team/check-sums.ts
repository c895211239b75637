import type { Admin, RequestRow, TeamKey } from "./create-admin.ts";
import type { Findings } from "./proof.ts";
import type { Counted } from "./start-counting-upstream.ts";
import { waitUntil } from "./wait-until.ts";

/** A key, and all whose requests are counted against its budget. */
export interface Payer {
  readonly key: TeamKey;
  readonly spenders: readonly TeamKey[];
}

/** Tokens of a row. */
export function tokensOf({ input_tokens, output_tokens }: RequestRow): number {
  return (input_tokens ?? 0) + (output_tokens ?? 0);
}

/** Tokens of all rows that fit. */
export function sumOf(rows: readonly RequestRow[], fits: (row: RequestRow) => boolean): number {
  return rows.reduce((sum, row) => sum + (fits(row) ? tokensOf(row) : 0), 0);
}

/** The rows of each session. */
export function bySession(rows: readonly RequestRow[]): ReadonlyMap<string, readonly RequestRow[]> {
  const sessions = new Map<string, RequestRow[]>();
  for (const row of rows) {
    const own = sessions.get(row.session ?? "") ?? [];
    sessions.set(row.session ?? "", own);
    own.push(row);
  }
  return sessions;
}

/**
 * What was settled is what the ledger has, to the token, for each budget, and nothing is reserved any more. Resolves with the ledger when it is
 * so, or when it never comes to be.
 */
export async function checkSettled(
  payers: readonly Payer[],
  admin: Admin,
  { mustBe }: Findings,
): Promise<readonly RequestRow[]> {
  async function look() {
    const rows = await admin.rows();
    const states = await Promise.all(
      payers.map(async ({ key, spenders }) => {
        const ids = new Set(spenders.map(({ id }) => id));
        const budget = await admin.limitOf(key.id, "budget");
        const others = await admin.limitsOf(key.id);
        const noted = sumOf(rows, (row) => ids.has(row.key ?? ""));
        const reserved = [budget, ...others].reduce((sum, limit) => sum + (limit?.reserved ?? 0), 0);
        return { id: key.id, used: budget?.used, noted, reserved };
      }),
    );
    return { rows, states };
  }
  const { rows, states } = await waitUntil(look, (seen) =>
    seen.states.every(({ used, noted, reserved }) => used === noted && reserved === 0),
  );
  for (const { id, used, noted, reserved } of states) {
    mustBe(used, noted, `settled of the budget of ${id}, in place of what the ledger has`);
    mustBe(reserved, 0, `still reserved by ${id}`);
  }
  return rows;
}

/** What the upstreams' counts were held against. */
export interface Compared {
  /** Sessions of which the upstream has counted all: equal to the token. */
  readonly exact: number;
  /** Sessions of which the gateway had to count some of it itself. */
  readonly estimated: number;
}

/**
 * What the ledger has of a session is what the upstream has counted for it:
 * - always where each of its answers came to its end with what it cost, and none of its requests failed, was left by its client or cut by a stop sequence (`cut`);
 * - and wherever the gateway does not say that it has counted itself (`estimated`): a client may have left, or the answer been no good, after the upstream
 *   had said what it cost.
 */
export function checkCounted(
  rows: readonly RequestRow[],
  counted: ReadonlyMap<string, readonly Counted[]>,
  cut: ReadonlySet<string>,
  { must, mustBe }: Findings,
): Compared {
  let [exact, estimated] = [0, 0];
  for (const [session, own] of bySession(rows)) {
    const asked = counted.get(session);
    const spending = own.filter((row) => tokensOf(row) > 0);
    if (asked === undefined) continue;
    const told = asked.reduce((sum, { tokens }) => sum + tokens, 0);
    const noted = sumOf(own, () => true);
    const isGuessed = spending.some((row) => row.estimated === true);
    if (!isGuessed && spending.length > 0) {
      mustBe(noted, told, `noted for ${session}, in place of what the upstream has counted`);
      exact += 1;
      continue;
    }
    estimated += 1;
    if (cut.has(session)) continue;
    const isWhole = asked.every((one) => one.isWhole) && own.every(({ outcome }) => outcome === "answered");
    must(!isWhole, `${session}: ${noted} tokens are the gateway's own count (${told} by the upstream's)`);
  }
  return { exact, estimated };
}
