import { expect, test } from "vitest";

import type { Message } from "../../../src/model/request.ts";
import { encodeRequest } from "../../../src/upstreams/openai-compatible/encode-request.ts";
import { unknown } from "../../../src/upstreams/openai-compatible/servers/unknown.ts";
import { createRequest } from "../../support/create-request.ts";

/** A conversation with a call of each id, and its result. */
function conversation(...ids: readonly string[]): readonly Message[] {
  const turns = ids.flatMap((callId): Message[] => [
    { role: "assistant", parts: [{ type: "tool-call", callId, name: "get_time", arguments: "{}" }] },
    {
      role: "tool",
      parts: [{ type: "tool-result", callId, content: [{ type: "text", text: "12:00" }], isError: false }],
    },
  ]);
  return [{ role: "user", parts: [{ type: "text", text: "Hi" }] }, ...turns];
}

function idsFor(model: string, ...ids: readonly string[]) {
  const request = createRequest({ messages: conversation(...ids) });
  const { messages } = encodeRequest(request, { rules: unknown, model, stream: true });
  const calls = messages.flatMap((message) => message.tool_calls ?? []).map(({ id }) => id);
  const results = messages.flatMap((message) => message.tool_call_id ?? []);
  expect(results).toEqual(calls);
  return calls;
}

test.each([
  [
    "others' become its own, by their place",
    ["call_a", "call_b"],
    ["functions.get_time:0", "functions.get_time:1"],
  ],
  [
    "its own stay",
    ["functions.get_time:4", "functions.get_time:5"],
    ["functions.get_time:4", "functions.get_time:5"],
  ],
  [
    "no two are the same",
    ["call_a", "functions.get_time:0", "functions.get_time:2", "call_b"],
    ["functions.get_time:1", "functions.get_time:0", "functions.get_time:2", "functions.get_time:3"],
  ],
])("Kimi K2 gets ids of its form: %s", (_what, given, expected) => {
  for (const model of ["moonshotai/Kimi-K2-Instruct", "kimi-k2-thinking"])
    expect(idsFor(model, ...given)).toEqual(expected);
});

test("other models get the ids as they are", () => {
  const ids = ["call_a", "functions.get_time:0"];
  for (const model of ["Qwen/Qwen3-8B", "moonshotai/Kimi-K3"]) expect(idsFor(model, ...ids)).toEqual(ids);
});
