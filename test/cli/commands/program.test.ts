import { describe, expect, test } from "vitest";

import { readVersion } from "../../../src/version.ts";
import { runProgram, spawnProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();

describe("the program", () => {
  test("says its version and its commands", async () => {
    expect(await runProgram(["--version"])).toMatchObject({ code: 0, stdout: `${readVersion()}\n` });
    const help = await runProgram(["--help"]);
    expect(help.code).toBe(0);
    for (const command of ["serve", "demo", "doctor", "models", "chat", "image", "connect", "launch"]) {
      expect(help.stdout).toContain(`  ${command}`);
    }
  });

  test("refuses a wrong configuration with all its problems, before anything starts", async () => {
    const { code, stderr } = await spawnProgram(["serve"], {
      SERVER_ADDRESS: "nowhere",
      HEARTBEAT_MS: "soon",
    });
    expect(code).toBe(2);
    expect(stderr).toContain(
      "SERVER_ADDRESS: must be host:port, for example localhost:16571, with a port of 0 to 65535\n",
    );
    expect(stderr).toContain("HEARTBEAT_MS: must be a whole number");
  });

  test("tells one default of an option", async () => {
    const { stdout } = await runProgram(["demo", "--help"]);
    expect(stdout).toContain("port of the first simulator (default: any free one)\n");
  });

  test("refuses an unknown command and an unknown option", async () => {
    const wrong = await runProgram(["serv"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("unknown command 'serv'");
    expect(wrong.stderr).toContain("Did you mean serve?");
    expect((await runProgram(["lunch", "codex"])).stderr).toContain("Did you mean launch?");
    expect((await runProgram(["chat", "hi", "--modle", "x"])).stderr).toContain("--model");
    const { stderr } = await spawnProgram(["launch", "codex", "-p", "hello"]);
    expect(stderr).toMatch(
      /^error: unknown option '-p'\nWhat is meant for the agent comes after --, like this: .*\n$/,
    );
  });

  test("says which port is taken", async () => {
    const port = new URL(akash.simulator.url).port;
    const { code, stderr } = await spawnProgram(["serve"], { SERVER_ADDRESS: `127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(stderr).toContain(`(port ${port})`);
  });
});
