import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";
import { deliver, deliveries, modelTexts, nameOf, type ModelText, type Outcome } from "./support/model-texts.ts";

let stack: Stack;
beforeAll(async () => {
  const models = [...new Set(modelTexts.map(({ model }) => model))].map((id) => ({ id }));
  stack = await startStack({ simulator: { models, script: () => ({ text: "" }) } });
});
afterAll(() => stack.close());

function isRight({ expect: { calls, content, reasoning, finish, value }, schema }: ModelText, outcome: Outcome) {
  if (schema !== undefined) {
    let given: unknown;
    try { given = JSON.parse(outcome.content); } catch { return false; }
    return isDeepStrictEqual(given, value);
  }
  return (
    isDeepStrictEqual(outcome.calls, calls) &&
    outcome.content.trim() === content?.trim() &&
    (reasoning === undefined || outcome.reasoning.trim() === reasoning.trim()) &&
    outcome.finish === finish
  );
}

describe("report", () => {
  test("all", async () => {
    const rows: string[] = [];
    const tally: Record<string, number> = {};
    let right = 0;
    for (const text of modelTexts) {
      const outs: Outcome[] = [];
      for (const delivery of deliveries) outs.push(await deliver(stack, text, delivery));
      const oks = outs.map((outcome) => isRight(text, outcome));
      if (oks.every(Boolean)) right += 1;
      else {
        tally[text.kind] = (tally[text.kind] ?? 0) + 1;
        const at = oks.indexOf(false);
        const o = outs[at]!;
        const silent = o.error === undefined && o.asked === 1 && o.calls.length === 0 && text.kind === "tools";
        rows.push(`${text.id} [${text.kind}/${text.family}] ${oks.map((k) => (k ? "ok" : "NO")).join(" ")} ${silent ? "SILENT" : ""}\n   text ${JSON.stringify(text.text)}\n   want ${JSON.stringify(text.expect)}\n   got  ${nameOf(deliveries[at]!)} ${JSON.stringify(o)}`);
      }
    }
    console.log(rows.join("\n"));
    console.log(right, "of", modelTexts.length, tally);
    expect(right).toBeGreaterThan(0);
  }, 600000);
});
