import { expect, test } from "vitest";

import { runProgram } from "../../support/run-program.ts";

test("trace without an id, as by a variable that is not set, says what it wants", async () => {
  expect(await runProgram(["trace", ""], { ADMIN_TOKEN: "admin" })).toMatchObject({
    code: 2,
    stdout: "",
    stderr: "Name a request by its id, which answers have as x-request-id.\n",
  });
});
