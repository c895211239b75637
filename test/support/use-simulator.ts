import { afterAll, beforeAll } from "vitest";

import { startSimulator, type Simulator } from "../../src/simulator/index.ts";

/** A simulator that all tests of a file share. */
export interface SharedSimulator {
  readonly simulator: Simulator;
  /** The settings of a program that takes it for Akash Chat. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Has a simulator run while the tests of a file, or of a `describe`, do. Only they and their hooks may look at it. */
export function useSimulator(): SharedSimulator {
  let started: Simulator | undefined;
  function get(): Simulator {
    if (started === undefined) throw new Error("The simulator runs only while the tests do.");
    return started;
  }
  beforeAll(async () => {
    started = await startSimulator();
  });
  afterAll(() => started?.close());
  return {
    get simulator() {
      return get();
    },
    get settings() {
      return { AKASH_BASE_URL: get().url, IMAGE_POLL_MS: "10" };
    },
  };
}
