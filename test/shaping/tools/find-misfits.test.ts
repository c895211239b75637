import { expect, test } from "vitest";

import type { Message } from "../../../src/model/request.ts";
import { findMisfits } from "../../../src/shaping/tools/index.ts";
import { createPatientWork } from "../../support/patient-work.ts";

const tools = ["read", "write"].map((name) => ({
  name,
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
}));
const calls = (...made: readonly (readonly [name: string, args: string])[]): Message => ({
  role: "assistant",
  parts: made.map(([name, args], at) => ({ type: "tool-call", callId: `c${at}`, name, arguments: args })),
});
const results: Message = { role: "tool", parts: [] };
const user: Message = { role: "user", parts: [{ type: "text", text: "Hi" }] };

test.each<[string, readonly Message[], readonly string[]]>([
  ["nothing without calls", [user], []],
  ["nothing that fits", [user, calls(["read", '{"path":"a"}']), results], []],
  ["a call without a required field", [user, calls(["read", "{}"]), results], ["read"]],
  ["what is no JSON", [user, calls(["read", "a b"], ["write", '{"path":"a"}']), results], ["read"]],
  ["no tool that is gone", [user, calls(["gone", "{}"]), results], []],
  ["the last turn alone", [user, calls(["read", "{}"]), results, calls(["write", '{"path":"a"}'])], []],
])("finds %s", (_, messages, expected) => {
  expect(findMisfits({ messages, tools }, createPatientWork())).toEqual(expected);
});
