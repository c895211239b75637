import { describe, expect, it } from "vitest";
import { createSlots } from "../../src/images/create-slots.ts";

const never = new AbortController().signal;

describe("slots", () => {
  it("gives out as many places as there are and the next when one comes back", async () => {
    const slots = createSlots(2, 10);
    const first = await slots.acquire(never);
    await slots.acquire(never);
    let third = false;
    const waiting = slots.acquire(never).then(() => (third = true));
    await Promise.resolve();
    expect(third).toBe(false);
    first();
    await waiting;
    expect(third).toBe(true);
  });

  it("serves in the order of asking", async () => {
    const slots = createSlots(1, 10);
    let release = await slots.acquire(never);
    const order: number[] = [];
    const all = [1, 2, 3].map(async (number) => {
      const mine = await slots.acquire(never);
      order.push(number);
      release = mine;
    });
    for (const waiting of all) {
      release();
      await waiting;
    }
    expect(order).toEqual([1, 2, 3]);
  });

  it("frees the place in the queue of a caller who leaves", async () => {
    const slots = createSlots(1, 1);
    const release = await slots.acquire(never);
    const caller = new AbortController();
    const waiting = slots.acquire(caller.signal);
    caller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    expect(slots.waiting).toBe(0);
    release();
    await slots.acquire(never);
  });

  it("gives nothing to a caller who left before asking", async () => {
    const slots = createSlots(1, 1);
    await expect(slots.acquire(AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
    await slots.acquire(never);
  });

  it("refuses when the queue is full", async () => {
    const slots = createSlots(1, 0);
    await slots.acquire(never);
    await expect(slots.acquire(never)).rejects.toMatchObject({ kind: "overloaded", status: 503 });
  });

  it("takes a place back only once", async () => {
    const slots = createSlots(1, 0);
    const release = await slots.acquire(never);
    release();
    release();
    await slots.acquire(never);
    await expect(slots.acquire(never)).rejects.toMatchObject({ kind: "overloaded" });
  });
});
