import { expect, test } from "vitest";

import { findTargets, type JumpPlaces } from "../../src/console/domain/jump.ts";

const places: JumpPlaces = {
  pages: [
    { name: "overview", text: "Overview" },
    { name: "requests", text: "Requests" },
    { name: "keys", text: "Keys" },
  ],
  models: ["DeepSeek-V3.2", "deepseek-ai/DeepSeek-V4-Flash", "Qwen3.6-35B-A3B"],
  keys: [
    { id: "key_1", name: "ci-agents" },
    { id: "key_2", name: "open-webui" },
  ],
  requests: [
    { id: "req_8fK2vQ1c", at: 2, key: "ci-agents" },
    { id: "req_7gK2vQ1c", at: 1, key: undefined },
    { id: "my-req_8f", at: 0, key: undefined },
  ],
  hasLedger: true,
};
const find = (text: string, more: Partial<JumpPlaces> = {}) =>
  findTargets(text, { ...places, ...more }).map(({ kind, name }) => `${kind} ${name}`);

test("without a text all pages; with one what it is in, what begins with it first", () => {
  expect(find(" ")).toEqual(["page Overview", "page Requests", "page Keys"]);
  expect(find("KEY")).toEqual(["page Keys", "search KEY"]);
  expect(find("req_8f")).toEqual(["request req_8fK2vQ1c", "request my-req_8f", "search req_8f"]);
  expect(find("v4")).toEqual([
    "chat deepseek-ai/DeepSeek-V4-Flash",
    "requests deepseek-ai/DeepSeek-V4-Flash",
    "search v4",
  ]);
});

test("a target says where it leads", () => {
  expect(findTargets("ci-a", places)).toEqual([
    { kind: "key", name: "ci-agents", page: "keys", query: { selected: "key_1" } },
    { kind: "requests", name: "ci-agents", page: "requests", query: { key: "key_1" } },
    { kind: "search", name: "ci-a", page: "requests", query: { q: "ci-a" } },
  ]);
  expect(findTargets("qwen", places).slice(0, 2)).toEqual([
    { kind: "chat", name: "Qwen3.6-35B-A3B", page: "playground", query: { model: "Qwen3.6-35B-A3B" } },
    { kind: "requests", name: "Qwen3.6-35B-A3B", page: "requests", query: { model: "Qwen3.6-35B-A3B" } },
  ]);
  expect(findTargets("req_8fK", places)[0]).toEqual({
    kind: "request",
    name: "req_8fK2vQ1c",
    page: "requests",
    query: { request: "req_8fK2vQ1c" },
    request: places.requests[0],
  });
});

test("an id that was not among the newest may be one all the same; without a ledger nothing is searched", () => {
  expect(find("resp_older")).toEqual(["request resp_older", "search resp_older"]);
  expect(find("req_7gK2vQ1c")).toEqual(["request req_7gK2vQ1c", "search req_7gK2vQ1c"]);
  expect(find("ci-agents", { hasLedger: false })).toEqual(["key ci-agents"]);
  expect(find("nothing like it", { hasLedger: false })).toEqual([]);
});

test("of each kind a few", () => {
  const models = Array.from({ length: 50 }, (_, index) => `m-${index}`);
  expect(find("m-", { models }).filter((name) => name.startsWith("chat"))).toHaveLength(4);
});
