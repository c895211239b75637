import { describe, expect, test } from "vitest";

import { checkDialect, checkModel, findEnd, findModelBar, keysOf, ownerOf } from "../../src/access/caller.ts";
import { aKey, aModel, callerOf } from "./keys-for-tests.ts";

const child = aKey({ id: "key_child", parent: "key_parent" });
const parent = aKey({ id: "key_parent" });

test("a key's caller is bound by its ancestors, too; what it stores is its own", () => {
  const caller = callerOf(child, parent);
  expect(keysOf(caller).map(({ id }) => id)).toEqual(["key_child", "key_parent"]);
  expect(ownerOf(caller)).toBe("key_child");
  for (const kind of ["operator", "anybody"] as const) {
    expect(keysOf({ kind })).toEqual([]);
    expect(ownerOf({ kind })).toBeUndefined();
  }
});

describe("a key ends", () => {
  test.each([
    [{}, {}, undefined],
    [{ expiresAt: 1001 }, { expiresAt: 1001 }, undefined],
    [{ expiresAt: 1000 }, {}, ["expired", "key_child"]],
    [{ revokedAt: 5 }, {}, ["revoked", "key_child"]],
    [{ revokedAt: 2000 }, {}, ["revoked", "key_child"]],
    [{}, { revokedAt: 5 }, ["revoked", "key_parent"]],
    [{}, { expiresAt: 999 }, ["expired", "key_parent"]],
    [{ expiresAt: 5 }, { revokedAt: 5 }, ["expired", "key_child"]],
  ])("%j below %j: %j", (own, above, expected) => {
    const end = findEnd({ key: { ...child, ...own }, ancestors: [{ ...parent, ...above }] }, 1000);
    expect(end && [end.ended, end.key.id]).toEqual(expected);
  });
});

describe("an API is allowed", () => {
  test.each([
    [undefined, undefined, "openai-chat", true],
    [["openai-chat"], undefined, "openai-chat", true],
    [["openai-chat"], undefined, "anthropic-messages", false],
    [["openai-chat"], ["anthropic-messages"], "openai-chat", false],
    [undefined, ["anthropic-messages"], "openai-chat", false],
    [[], undefined, "openai-chat", false],
    [["openai-chat"], undefined, undefined, true],
  ] as const)("%j below %j, %s: %s", (own, above, dialect, isAllowed) => {
    const caller = callerOf(
      { ...child, ...(own && { dialects: own }) },
      { ...parent, ...(above && { dialects: above }) },
    );
    const check = () => checkDialect(caller, dialect);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ kind: "forbidden", shouldRetry: false }));
  });
});

describe("a model is allowed", () => {
  const cases = [
    [undefined, aModel("m"), true],
    [["m"], aModel("M"), true],
    [["m"], aModel("mm"), false],
    [["*"], aModel("m"), true],
    [[], aModel("m"), false],
    [["DeepSeek*", "Qwen*"], aModel("Qwen3"), true],
    // Of an upstream: where nobody else may answer.
    [["web/*"], aModel("m", { web: undefined }), true],
    [["web/*"], aModel("m", { web: undefined, paid: undefined }), false],
    [["web/*", "paid/m"], aModel("m", { web: undefined, paid: undefined }), true],
    [["web/*"], aModel("m", {}), false],
    // An alias is what it stands for.
    [["alias"], aModel("alias", {}, { aliasOf: "m" }), false],
    [["m"], aModel("alias", {}, { aliasOf: "m" }), true],
  ] as const;
  test.each(cases)("%j, %j: %s", (models, model, isAllowed) => {
    const caller = callerOf(child, { ...parent, ...(models && { models }) });
    expect(findModelBar(caller, model)?.id).toBe(isAllowed ? undefined : "key_parent");
    const check = () => checkModel(caller, model);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ kind: "forbidden", param: "model" }));
  });

  test("by each key of the lineage, and the bar names its patterns", () => {
    const caller = callerOf({ ...child, models: ["m*"] }, { ...parent, models: ["mini", "maxi"] });
    expect(() => checkModel(caller, aModel("mini"))).not.toThrow();
    expect(() => checkModel(caller, aModel("medium"))).toThrow("`medium`. It may use: mini, maxi.");
    expect(() => checkModel(callerOf({ ...child, models: [] }), aModel("m"))).toThrow("It may use: none.");
  });
});
