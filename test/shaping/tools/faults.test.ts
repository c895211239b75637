import { expect, test } from "vitest";

import { describeFaults, type Fault } from "../../../src/shaping/tools/faults.ts";

const request = {
  tools: ["read", "write"].map((name) => ({
    name,
    parameters: { type: "object", properties: { path: { type: "string" } } },
  })),
  toolChoice: { kind: "auto" },
  parallelToolCalls: true,
} as const;

function describe(faults: readonly Fault[]): string {
  return describeFaults(faults, { request, model: "m", accepted: [] });
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

const wrong = (name: string, at: number): Fault => ({ kind: "schema", name, faults: [`path ${at}`] });

const unknown = (at: number): Fault => ({ kind: "unknown-tool", name: `t${at}` });

test("what helps is said once, however many calls are wrong", () => {
  const said = describe([wrong("read", 1), unknown(2), wrong("read", 3), wrong("write", 4), unknown(5)]);
  for (const at of [1, 2, 3, 4, 5]) expect(said).toMatch(new RegExp(`(path |"t)${at}`));
  expect(count(said, "The arguments are: {\n path?: string\n}")).toBe(2);
  expect(count(said, "The tools are: read, write.")).toBe(1);
});

test("of a tool that was taught in short all is told, once", () => {
  const [read, write] = request.tools;
  const tools = [{ ...read, description: "Reads. Slowly.\n\nAll of it." }, write];
  const said = describeFaults([wrong("read", 1), wrong("read", 2), wrong("write", 3)], {
    request: {
      ...request,
      tools: tools
        .filter((tool) => tool !== undefined)
        .map((tool) => ({ name: "", parameters: {}, ...tool })),
    },
    model: "m",
    accepted: [],
    shortened: new Set(["read"]),
  });
  expect(
    count(said, "All that is known of this tool:\n## read {\n path?: string\n}\nReads. Slowly.\nAll of it."),
  ).toBe(1);
  expect(count(said, "The arguments are: {")).toBe(1);
});

test("no more faults are told than a model can use", () => {
  const said = describe(Array.from({ length: 1000 }, (_, at) => ({ kind: "unknown-tool", name: `t${at}` })));
  expect(count(said, "There is no tool")).toBe(16);
});
