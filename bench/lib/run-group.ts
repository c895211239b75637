import { runClosed, runPaced } from "./measure.ts";
import type { Column, Series } from "./results.ts";
import {
  warmUp,
  type ClosedScenario,
  type Exchange,
  type PacedScenario,
  type Scenario,
} from "./scenarios.ts";
import type { Target } from "./targets.ts";

/** How long is measured. */
export interface Effort {
  readonly rounds: number;
  /** CPU of the measured process in a round. */
  readonly cpuMs: number;
  /** Of load on each target before the first round of a scenario. */
  readonly warmMs: number;
}

interface Cell<S extends Scenario> {
  readonly scenario: S;
  readonly target: Target;
  readonly next: () => Exchange;
}

/** Each scenario with each target that knows it. */
function cellsOf<S extends Scenario>(
  scenarios: readonly S[],
  targets: readonly Target[],
): readonly Cell<S>[] {
  return scenarios.flatMap((scenario) =>
    targets
      .filter(({ kind }) => scenario.columns.includes(kind))
      .map((target) => ({ scenario, target, next: scenario.create(target) })),
  );
}

/** Warms all up; what is left are those that answer as they should. A peer that does not is told, and left out; of our own that is a failure. */
async function warmAll<S extends Scenario>(
  cells: readonly Cell<S>[],
  warm: (cell: Cell<S>) => Promise<unknown>,
): Promise<readonly Cell<S>[]> {
  const ready: Cell<S>[] = [];
  for (const cell of cells) {
    const { target, scenario } = cell;
    try {
      await warm(cell);
      ready.push(cell);
    } catch (error) {
      if (target.kind !== "peer") throw error;
      console.log(`${scenario.id}: ${target.name} is left out (${String(error)})`);
    }
  }
  return ready;
}

/** Turns values by cell into rows. */
function toSeries<S extends Scenario>(
  cells: readonly Cell<S>[],
  valuesOf: (cell: Cell<S>) => readonly number[],
  about: (scenario: S) => Omit<Series, "columns">,
): readonly Series[] {
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  return scenarios.map((scenario) => ({
    ...about(scenario),
    columns: cells
      .filter((cell) => cell.scenario === scenario)
      .map((cell): Column => ({ name: cell.target.name, kind: cell.target.kind, values: valuesOf(cell) })),
  }));
}

/** Measures loads that are compared with one another, in turns: what else the machine does meets all of them. */
export async function runClosedGroup(
  scenarios: readonly ClosedScenario[],
  targets: readonly Target[],
  { rounds, cpuMs, warmMs }: Effort,
): Promise<readonly Series[]> {
  const cells = await warmAll(cellsOf(scenarios, targets), ({ target, scenario, next }) =>
    runClosed(target, scenario, next, { ms: warmMs }),
  );
  const values = new Map(cells.map((cell) => [cell, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const cell of cells) {
      const micros = await runClosed(cell.target, cell.scenario, cell.next, { cpuMs });
      values.get(cell)?.push(micros / cell.scenario.divisor);
    }
  }
  return toSeries(
    cells,
    (cell) => values.get(cell) ?? [],
    ({ id, title, unit, beside }) => ({
      id,
      title,
      unit,
      compared: true,
      ...(beside !== undefined && { beside }),
    }),
  );
}

const pacedFigures = [
  ["perToken", "", "", "µs/token"],
  ["delayP50", "-p50", ": delay of a token, median", "ms"],
  ["delayP99", "-p99", ": delay of a token, p99", "ms"],
] as const;

/** Measures many slow streams, in turns. The first round of each target is not counted. */
export async function runPacedGroup(
  scenario: PacedScenario,
  targets: readonly Target[],
  { rounds, warmMs }: Effort,
  upstream: string,
): Promise<readonly Series[]> {
  const cells = await warmAll(cellsOf([scenario], targets), async ({ target, next }) => {
    await runClosed(target, warmUp, warmUp.create(target), { ms: warmMs });
    await runPaced(target, scenario, next, upstream);
  });
  const seen = new Map(cells.map((cell) => [cell, [] as Awaited<ReturnType<typeof runPaced>>[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const cell of cells)
      seen.get(cell)?.push(await runPaced(cell.target, scenario, cell.next, upstream));
  }
  return pacedFigures.flatMap(([key, id, title, unit]) =>
    toSeries(
      cells,
      (cell) => (seen.get(cell) ?? []).map((paced) => paced[key]),
      (one) => ({ id: one.id + id, title: one.title + title, unit, compared: key === "perToken" }),
    ),
  );
}
