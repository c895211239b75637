import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

import { runProgram, type Run } from "./run-program.ts";
import { startStack, type Stack } from "./start-stack.ts";

/** A gateway and a user's home folder that all tests of a file share. */
export interface GatewayAndHome {
  /** The gateway's base URL, without `/v1`. */
  readonly url: string;
  /** Empty at first. */
  readonly home: string;
  /**
   * Runs `akashchat-api connect …` as a user would who has that home. `BEARER_TOKEN` and `--url` are the gateway's, unless
   * `environment` and `args` say another.
   */
  readonly connect: (args: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<Run>;
}

/** Has a gateway of these settings run while the tests of a file, or of a `describe`, do. Only they and their hooks may use it. */
export function useGatewayAndHome(settings: Readonly<Record<string, string>>): GatewayAndHome {
  let given: { readonly stack: Stack; readonly home: string } | undefined;
  function get() {
    if (given === undefined) throw new Error("The gateway runs only while the tests do.");
    return given;
  }
  beforeAll(async () => {
    given = { stack: await startStack({ env: settings }), home: await mkdtemp(join(tmpdir(), "home-")) };
  });
  afterAll(async () => {
    await given?.stack.close();
    if (given !== undefined) await rm(given.home, { recursive: true });
  });
  return {
    get url() {
      return get().stack.url;
    },
    get home() {
      return get().home;
    },
    connect(args, environment = {}) {
      const { stack, home } = get();
      return runProgram(
        ["connect", "--url", stack.url, ...args],
        { USERPROFILE: home, BEARER_TOKEN: settings["BEARER_TOKEN"] ?? "", ...environment },
        { folder: home },
      );
    },
  };
}
