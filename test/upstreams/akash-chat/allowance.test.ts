import { describe, expect, test } from "vitest";

import { GatewayError } from "../../../src/errors.ts";
import { createAllowance, type Allowance } from "../../../src/upstreams/akash-chat/allowance.ts";
import { createExhaustedError } from "../../../src/upstreams/akash-chat/exhausted-error.ts";
import type { UsageStatus } from "../../../src/upstreams/akash-chat/usage-status.ts";

const silent = { debug() {}, info() {}, warn() {} };
const hour = 3_600_000;

function setUp() {
  const clock = { now: 1_700_000_000_000 };
  const answers: Look[] = [];
  const allowance = createAllowance({
    look: () => begin(answers),
    now: () => clock.now,
    log: silent,
  });
  const resetsAt = clock.now + hour;
  const refuse = () => Promise.reject(createExhaustedError(resetsAt, { now: clock.now }));
  return { clock, answers, allowance, resetsAt, refuse };
}

/** A look that somebody else brings to its end. */
interface Look {
  readonly resolve: (status: UsageStatus | undefined) => void;
  readonly reject: (error: Error) => void;
}

function begin(looks: Look[]): Promise<UsageStatus | undefined> {
  return new Promise((resolve, reject) => looks.push({ resolve, reject }));
}

async function land(answer: Look | undefined, status: UsageStatus | undefined): Promise<void> {
  answer?.resolve(status);
  await new Promise((resolve) => setImmediate(resolve));
}

/** What a request comes to, and whether it was sent. */
async function ask(allowance: Allowance): Promise<string> {
  return allowance.spend(async () => "sent").catch((error: GatewayError) => error.kind);
}

describe("a spent allowance", () => {
  test("refuses without asking until the reset", async () => {
    const { allowance, clock, refuse, resetsAt, answers } = setUp();
    await expect(allowance.spend(refuse)).rejects.toMatchObject({ kind: "budget-exhausted" });
    expect(await ask(allowance)).toBe("budget-exhausted");
    expect(allowance.budget()).toMatchObject({ spent: true, usedPercent: 100, resetsAt });
    clock.now = resetsAt - 1;
    expect(await ask(allowance)).toBe("budget-exhausted");
    clock.now = resetsAt;
    expect(await ask(allowance)).toBe("sent");
    expect(answers.length).toBe(1);
  });

  test("is lifted by a look, of which there is one in 30 s", async () => {
    const { allowance, clock, refuse, answers, resetsAt } = setUp();
    await expect(allowance.spend(refuse)).rejects.toThrow();
    for (const seconds of [0, 29]) {
      clock.now += seconds * 1000;
      expect(await ask(allowance)).toBe("budget-exhausted");
      expect(answers.length).toBe(0);
    }
    clock.now += 1000;
    for (let times = 0; times < 3; times += 1) expect(await ask(allowance)).toBe("budget-exhausted");
    expect(answers.length).toBe(1);
    await land(answers[0], { usedPercent: 3, blocked: false, authenticated: false, resetsAt });
    expect(await ask(allowance)).toBe("sent");
  });

  test("stays so when the look says so, fails, or finds no route", async () => {
    for (const outcome of ["blocked", "failed", "no route"]) {
      const { allowance, clock, refuse, answers, resetsAt } = setUp();
      await expect(allowance.spend(refuse)).rejects.toThrow();
      clock.now += 30_000;
      await ask(allowance);
      if (outcome === "failed") answers[0]?.reject(new Error("no"));
      else {
        answers[0]?.resolve(
          outcome === "no route"
            ? undefined
            : { usedPercent: 104, blocked: true, authenticated: false, resetsAt },
        );
      }
      await land(undefined, undefined);
      expect(await ask(allowance), outcome).toBe("budget-exhausted");
    }
  });

  test("is not lifted by a look that began before the refusal", async () => {
    const { allowance, refuse, answers, resetsAt } = setUp();
    await ask(allowance);
    allowance.budget();
    await expect(allowance.spend(refuse)).rejects.toThrow();
    await land(answers[0], { usedPercent: 98, blocked: false, authenticated: false, resetsAt });
    expect(await ask(allowance)).toBe("budget-exhausted");
  });

  test("is no matter of other failures", async () => {
    const { allowance } = setUp();
    const busy = new GatewayError("budget-exhausted", "One model's.", { retryAfterMs: hour });
    for (const error of [busy, new GatewayError("rate-limited", "Soon."), new Error("x")]) {
      await expect(allowance.spend(() => Promise.reject(error))).rejects.toBe(error);
      expect(await ask(allowance)).toBe("sent");
    }
  });
});

describe("what is left", () => {
  test("is asked for once something was spent, at most every 30 s, one look at a time", async () => {
    const { allowance, clock, answers, resetsAt } = setUp();
    expect(allowance.budget()).toBeUndefined();
    expect(answers.length).toBe(0);
    await ask(allowance);
    expect(allowance.budget()).toBeUndefined();
    clock.now += 60_000;
    allowance.budget();
    expect(answers.length).toBe(1);
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    expect(allowance.budget()).toMatchObject({ usedPercent: 20, spent: false, resetsAt });
    expect(answers.length).toBe(2);
  });

  test("is counted on between looks, and never to more than 100 %", async () => {
    const { allowance, answers, resetsAt } = setUp();
    await ask(allowance);
    allowance.budget();
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    allowance.count(2500);
    expect(allowance.budget()?.usedPercent).toBe(30);
    allowance.count(250_000);
    expect(allowance.budget()).toMatchObject({ usedPercent: 100, spent: false });
  });

  test("is looked for also when the clock was set back", async () => {
    const { allowance, clock, answers, resetsAt } = setUp();
    await ask(allowance);
    allowance.budget();
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    clock.now -= 24 * hour;
    allowance.budget();
    expect(answers.length).toBe(2);
  });

  test("is unknown again after the window, and has no size for an account", async () => {
    const { allowance, clock, answers, resetsAt } = setUp();
    await ask(allowance);
    allowance.budget();
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: true, resetsAt });
    expect(allowance.budget()).toMatchObject({ usedPercent: 20, size: undefined });
    clock.now = resetsAt;
    expect(allowance.budget()).toBeUndefined();
  });

  test("is told in tokens, by default as anonymous callers begin", async () => {
    const { allowance, clock, answers, resetsAt, refuse } = setUp();
    expect(allowance.tokensLeft()).toBe(25_000);
    await ask(allowance);
    allowance.budget();
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    expect(allowance.tokensLeft()).toBe(20_000);
    allowance.count(2500);
    expect(allowance.tokensLeft()).toBe(17_500);
    await expect(allowance.spend(refuse)).rejects.toThrow();
    expect(allowance.tokensLeft()).toBe(0);
    clock.now = resetsAt;
    expect(allowance.tokensLeft()).toBe(25_000);
  });

  test.each([
    ["an upstream that does not count", undefined],
    ["an account", { usedPercent: 20, blocked: false, authenticated: true, resetsAt: Infinity }],
  ])("is no known number of tokens for %s", async (_, status) => {
    const { allowance, answers } = setUp();
    await ask(allowance);
    allowance.budget();
    await land(answers[0], status);
    expect(allowance.tokensLeft()).toBeUndefined();
  });

  test("is not asked for any more once closed, nor soon of an upstream that does not count", async () => {
    const { allowance, clock, answers } = setUp();
    await ask(allowance);
    allowance.budget();
    await land(answers[0], undefined);
    clock.now += 600_000;
    expect(allowance.budget()).toBeUndefined();
    allowance.close();
    clock.now += 24 * hour;
    allowance.budget();
    expect(answers.length).toBe(1);
  });
});
