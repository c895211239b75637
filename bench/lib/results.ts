import type { Kind } from "./targets.ts";

/** The figures of one column in one row: a value a round. */
export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly number[];
}

/** A row of the table. */
export interface Series {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Whether the ratio between columns says something. */
  readonly compared: boolean;
  /** The row whose ratio to it is told as well. */
  readonly beside?: string;
  readonly columns: readonly Column[];
}

/** All of a run. */
export interface Results {
  /** ISO 8601. */
  readonly at: string;
  /** Of the machine and the run, for whoever reads the figures. */
  readonly about: string;
  readonly rounds: number;
  readonly series: readonly Series[];
}
