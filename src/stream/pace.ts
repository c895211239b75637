/** What makes long work stop for others. */
export interface PaceOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Resolves when everybody else has had a turn. */
  readonly turn: () => Promise<unknown>;
  /** Ends the work: its reason is thrown. Looked at after each turn. */
  readonly signal?: AbortSignal | undefined;
  /** How long work goes on before it stops. Default: 10 ms. */
  readonly sliceMs?: number;
}

/** Lets long work stop for others. */
export interface Pace {
  /**
   * To be asked between two steps: `undefined` as long as the work may go on, which costs a look at the clock;
   * otherwise to be awaited. Rejects when nobody waits for the work any more.
   */
  rest(): Promise<void> | undefined;
  /** Waits for a turn and begins a slice in it. For work that may come together with a lot of its kind. Rejects as `rest`. */
  turn(): Promise<void>;
}

/** Begins a piece of work that stops for others after each slice of time. */
export function createPace({ now, turn, signal, sliceMs = 10 }: PaceOptions): Pace {
  let end = now() + sliceMs;

  async function begin(): Promise<void> {
    await turn();
    signal?.throwIfAborted();
    end = now() + sliceMs;
  }

  return { rest: () => (now() < end ? undefined : begin()), turn: begin };
}
