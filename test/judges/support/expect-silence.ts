import { afterEach, beforeEach, expect, vi } from "vitest";

/**
 * Fails the tests of a file in which a client warns: on the console, or as a warning of the process. A judge that has
 * to warn has found something. `except`: what a client says about the test's own calls, whatever we answer.
 */
export function expectSilence(except?: RegExp): void {
  let said: string[] = [];
  const onWarning = (warning: Error): void => void said.push(`${warning.name}: ${warning.message}`);

  beforeEach(() => {
    said = [];
    for (const method of ["warn", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((...words) => {
        said.push(`console.${method}: ${words.map(String).join(" ")}`);
      });
    }
    process.on("warning", onWarning);
  });
  afterEach(() => {
    process.off("warning", onWarning);
    vi.restoreAllMocks();
    expect(said.filter((words) => except?.test(words) !== true)).toEqual([]);
  });
}
