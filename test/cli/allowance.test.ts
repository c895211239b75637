/** What `connect` and `launch` say of budgets: only what the gateway says of the chosen model. */
import { expect, test } from "vitest";

import { chooseAllowance } from "../../src/cli/connect/find-allowance.ts";
import { encodeUsage } from "../../src/dialects/encode-gateway-usage.ts";
import type { AllowanceState } from "../../src/model/budget.ts";
import { startCompatibleSimulator } from "../../src/simulator/compatible/index.ts";
import { runProgram } from "../support/run-program.ts";
import { startStack } from "../support/start-stack.ts";

const unknown: AllowanceState = { kind: "unknown" };
const size = { tokens: 25_000, windowMs: 14_400_000 };
const counted: AllowanceState = {
  kind: "counted",
  budget: { usedPercent: 3, spent: false, resetsAt: 0, size },
  estimated: false,
  toldAt: 0,
};
const ofWeb = { upstream: "web", ...size };

test.each<[string, readonly (readonly [string, AllowanceState])[], readonly string[] | undefined, unknown]>([
  ["its upstream counts", [["web", counted]], ["web"], ofWeb],
  [
    "another one counts",
    [
      ["web", counted],
      ["mine", unknown],
    ],
    ["mine"],
    undefined,
  ],
  [
    "one of its upstreams counts",
    [
      ["mine", unknown],
      ["web", counted],
    ],
    ["mine", "web"],
    ofWeb,
  ],
  ["a gateway that does not say who has it has one upstream", [["web", counted]], undefined, ofWeb],
  [
    "such a gateway has two",
    [
      ["web", counted],
      ["mine", unknown],
    ],
    undefined,
    undefined,
  ],
  ["nobody counts", [["web", unknown]], ["web"], undefined],
])("of a model: %s", (_name, states, upstreams, expected) => {
  const usage = encodeUsage(
    states.map(([name, state]) => ({ name, state })),
    undefined,
    0,
  );
  const model = { id: "m", contextLength: undefined, ...(upstreams === undefined ? {} : { upstreams }) };
  expect(chooseAllowance(usage, model)).toEqual(expected);
});

const connect = (url: string, ...args: readonly string[]) =>
  runProgram(["connect", "codex", "--url", url, ...args]);

test("connect tells what a request is taken from, and nothing of it for a model of another upstream", async () => {
  await using own = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "mine" }] });
  await using alone = await startStack({ env: { CONFIG_FILE: "none" } });
  const counting = (await connect(alone.url)).stdout;
  expect(counting).toMatch(/^Small prompt: about \d+ tokens in the first request instead of [\d,]+; --full/m);
  expect(counting).toContain("\nakash-chat gives 25,000 tokens in 4 h.\n");
  await using both = await startStack({ env: { COMPATIBLE_BASE_URL: own.baseUrl } });
  const free = (await connect(both.url, "--model", "mine")).stdout;
  expect(free).toMatch(/^Small prompt: about /m);
  expect(free).not.toContain("25,000");
});
