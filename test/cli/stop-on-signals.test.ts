import { EventEmitter } from "node:events";

import { describe, expect, test } from "vitest";

import { stopOnSignals } from "../../src/cli/stop-on-signals.ts";
import { createGate } from "../support/gate.ts";

function start(settings: { running?: number; hasTerminal?: boolean; failure?: Error } = {}) {
  const { running = 0, hasTerminal = true, failure } = settings;
  const process = new EventEmitter();
  const closed = createGate();
  const exited = createGate<number>();
  const said: string[] = [];
  const codes: number[] = [];
  let closes = 0;
  stopOnSignals(process, {
    running: () => running,
    close: async () => {
      closes += 1;
      await closed.promise;
      if (failure !== undefined) throw failure;
    },
    say: (line) => said.push(line),
    exit: (code) => {
      codes.push(code);
      exited.open(code);
    },
    hasTerminal,
  });
  return { process, said, codes, finish: () => closed.open(), exited: exited.promise, closes: () => closes };
}

describe("the first signal", () => {
  test.each([
    ["SIGINT", "Ctrl-C"],
    ["SIGTERM", "SIGTERM"],
    ["SIGHUP", "SIGHUP"],
  ])("%s waits, says what a second one does, and ends", async (signal, again) => {
    const { process, said, codes, finish, exited } = start({ running: 2 });
    process.emit(signal);
    expect(said).toEqual([`${again} again ends at once, without waiting.`]);
    expect(codes).toEqual([]);
    finish();
    expect(await exited).toBe(0);
  });

  test("says nothing where nothing is waited for", async () => {
    const { process, said, finish, exited } = start();
    process.emit("SIGTERM");
    finish();
    expect(await exited).toBe(0);
    expect(said).toEqual([]);
  });

  test("tells of a failure", async () => {
    const { process, said, finish, exited } = start({ failure: new Error("stuck") });
    process.emit("SIGINT");
    finish();
    expect(await exited).toBe(1);
    expect(said).toEqual(["Shutdown failed: Error: stuck"]);
  });
});

test("a second signal ends at once", async () => {
  const { process, exited, closes } = start({ running: 1 });
  process.emit("SIGINT");
  process.emit("SIGINT");
  expect(await exited).toBe(130);
  expect(closes()).toBe(1);
});

test("without a terminal SIGHUP changes nothing", () => {
  const { process, said, closes } = start({ hasTerminal: false, running: 1 });
  process.emit("SIGHUP");
  expect(closes()).toBe(0);
  expect(said).toEqual([expect.stringContaining("SIGHUP changes nothing")]);
});
