import { describe, expect, test } from "vitest";

import type { AccessObject, KeyObject } from "../../src/console/api/types.ts";
import { findUsual, listKeyChoices, toKeyValue } from "../../src/console/pages/connect/key-choices.ts";
import { isPublic, readAddress } from "../../src/console/pages/connect/read-address.ts";

const secret = "akc-Tn3vK8dR1xQ0pZbW6yHc5LmJ2sUe9FgA7oXiVt4D";
const key = (id: string, name: string, hint = "akc-…abcd"): KeyObject => ({
  id,
  name,
  hint,
  created_at: null,
  expires_at: null,
  revoked_at: null,
  parent: null,
  models: null,
  dialects: null,
  requests_per_minute: null,
  tokens_per_minute: null,
  tokens_per_day: null,
  concurrency: null,
  budget: null,
  trace: false,
  limits: [],
});
const access: AccessObject = {
  caller: "operator",
  open: false,
  admin: true,
  admin_api: true,
  ledger: true,
  key: null,
  reason: null,
};
const nothing = { access, token: "operators-own", keys: [], made: undefined, pasted: "", now: 0 };
const ids = (sources: Parameters<typeof listKeyChoices>[0]) => listKeyChoices(sources).map(({ id }) => id);

describe("which keys a client may get", () => {
  test("the operator's own ADMIN_TOKEN is not among them", () => {
    expect(ids(nothing)).toEqual(["paste"]);
    expect(JSON.stringify(listKeyChoices(nothing))).not.toContain("operators-own");
  });

  test("BEARER_TOKEN is, and the key with which one looks", () => {
    expect(ids({ ...nothing, access: { ...access, admin: false } })).toEqual(["own", "paste"]);
    const asKey = { ...access, admin: false, caller: "key", key: { id: "key_1", name: "ci" } } as const;
    expect(listKeyChoices({ ...nothing, access: asKey })[0]).toMatchObject({ id: "own", name: "ci" });
  });

  test("where none is wanted, none", () => {
    const open = { ...access, open: true, admin: false, caller: "anybody" } as const;
    const choices = listKeyChoices({ ...nothing, access: open, token: "" });
    expect(choices.map(({ id }) => id)).toEqual(["none", "paste"]);
    expect(findUsual(choices, "codex")?.id).toBe("none");
  });

  test("one that was just made comes first, and is known among the others", () => {
    const made = { name: "new", secret };
    const keys = [
      key("key_1", "codex"),
      key("key_2", "new", "akc-…Vt4D"),
      { ...key("key_3", "x"), revoked_at: "…" },
    ];
    const choices = listKeyChoices({ ...nothing, keys, made });
    expect(choices.map(({ id }) => id)).toEqual(["key_2", "key_1", "paste"]);
    expect(findUsual(choices, "codex")).toMatchObject({ id: "key_2", secret });
    expect(ids({ ...nothing, made })).toEqual(["made", "paste"]);
  });

  test("else one that is called like the client", () => {
    const choices = listKeyChoices({ ...nothing, keys: [key("key_1", "ci"), key("key_2", "codex")] });
    expect(findUsual(choices, "codex")?.id).toBe("key_2");
    expect(findUsual(choices, "zed")?.id).toBe("key_1");
  });
});

test("a key is copied and not seen; of one that was shown once there is its end", () => {
  expect(toKeyValue({ id: "made", secret })).toEqual({ text: secret, shown: "akc-…Vt4D" });
  expect(toKeyValue({ id: "own", secret: "short" })).toEqual({ text: "short", shown: "••••" });
  expect(toKeyValue({ id: "key_1", name: "ci", hint: "akc-…abcd" })).toEqual({ text: "akc-…abcd" });
  expect(toKeyValue({ id: "paste", secret: "" })).toEqual({ text: "akc-…" });
  expect(toKeyValue({ id: "none", secret: "" })).toEqual({ text: "akashchat" });
});

test.each([
  ["http://10.0.0.12:16571/", "http://10.0.0.12:16571"],
  ["https://ai.example.com/team/v1/", "https://ai.example.com/team"],
  [" localhost:16571 ", "http://localhost:16571"],
  ["", undefined],
  ["javascript:alert(1)", undefined],
  ["http://a/'; rm -rf ~", undefined],
  ['http://a/"', undefined],
])("the address %s", (typed, address) => {
  expect(readAddress(typed)).toBe(address);
});

test.each([
  ["https://ai.example.com", true],
  ["http://ai.example.com", false],
  ["https://localhost:8443", false],
  ["https://gateway", false],
  ["https://10.0.0.12", false],
  ["https://172.20.1.1", false],
  ["https://172.200.1.1", true],
  ["https://box.local", false],
  ["https://[::1]", false],
])("servers elsewhere reach %s: %s", (url, reached) => {
  expect(isPublic(url)).toBe(reached);
});
