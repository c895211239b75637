import { expect, test, vi } from "vitest";

import { linkSignal } from "../../src/stream/link-signal.ts";

test("aborts with its parent, for the parent's reason", () => {
  const parent = new AbortController();
  const { signal } = linkSignal(parent.signal);
  const reason = new Error("the client left");
  parent.abort(reason);
  expect(signal.reason).toBe(reason);
});

test("is aborted from the start when its parent is", () => {
  expect(linkSignal(AbortSignal.abort("gone")).signal.reason).toBe("gone");
});

test("aborts alone, without its parent, and looks like any abort", () => {
  const parent = new AbortController();
  const linked = linkSignal(parent.signal);
  linked.abort();
  expect(parent.signal.aborted).toBe(false);
  expect(linked.signal.reason).toMatchObject({ name: "AbortError" });
});

test("leaves nothing behind on its parent once it is released", () => {
  const parent = new AbortController();
  const add = vi.spyOn(parent.signal, "addEventListener");
  const remove = vi.spyOn(parent.signal, "removeEventListener");
  const linked = linkSignal(parent.signal);
  linked.release();
  parent.abort();
  expect(linked.signal.aborted).toBe(false);
  expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1]);
});
