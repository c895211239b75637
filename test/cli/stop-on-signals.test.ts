import { EventEmitter } from "node:events";

import { describe, expect, test } from "vitest";

import type { ReloadOutcome } from "../../src/config-file/index.ts";
import { stopOnSignals } from "../../src/cli/stop-on-signals.ts";
import { createGate } from "../support/gate.ts";

interface Settings {
  readonly running?: number;
  readonly hasTerminal?: boolean;
  readonly failure?: Error;
  readonly reload?: () => ReloadOutcome;
}

function start(settings: Settings = {}) {
  const { running = 0, hasTerminal = true, failure, reload } = settings;
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
    reload,
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

describe("without a terminal SIGHUP", () => {
  test.each<[ReloadOutcome, readonly unknown[]]>([
    ["changed", []],
    ["wrong", []],
    ["same", [expect.stringContaining("nothing in it has changed")]],
    ["no-file", [expect.stringContaining("SIGHUP changes nothing: there is no configuration file")]],
  ])("reads the configuration file again, and says what the log does not: %s", (outcome, expected) => {
    let reloads = 0;
    const reload = () => {
      reloads += 1;
      return outcome;
    };
    const { process, said, closes } = start({ hasTerminal: false, running: 1, reload });
    process.emit("SIGHUP");
    process.emit("SIGHUP");
    expect([reloads, closes()]).toEqual([2, 0]);
    expect(said).toEqual([...expected, ...expected]);
  });

  test("changes nothing where no signal means that", () => {
    const { process, said, closes } = start({ hasTerminal: false, running: 1 });
    process.emit("SIGHUP");
    expect(closes()).toBe(0);
    expect(said).toEqual([expect.stringContaining("SIGHUP changes nothing")]);
  });
});

test("with a terminal SIGHUP reads nothing: it ends", async () => {
  let reloads = 0;
  const { process, finish, exited } = start({
    reload: () => {
      reloads += 1;
      return "same";
    },
  });
  process.emit("SIGHUP");
  finish();
  expect([await exited, reloads]).toEqual([0, 0]);
});
