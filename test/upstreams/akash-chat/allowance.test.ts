import { describe, expect, test } from "vitest";

import { GatewayError } from "../../../src/errors.ts";
import { createAllowance, type Allowance } from "../../../src/upstreams/akash-chat/allowance.ts";
import { createExhaustedError } from "../../../src/upstreams/akash-chat/exhausted-error.ts";
import type { UsageStatus } from "../../../src/upstreams/akash-chat/usage-status.ts";
import { createTimers } from "../../support/create-timers.ts";

const hour = 3_600_000;

function setUp() {
  const clock = { now: 1_700_000_000_000 };
  const answers: Look[] = [];
  const timers = createTimers();
  /** What the operator reads. */
  const lines: string[] = [];
  const write = (level: string) => (_fields: object, message: string) => {
    lines.push(`${level}: ${message}`);
  };
  const allowance = createAllowance({
    look: () => begin(answers),
    now: () => clock.now,
    log: { debug() {}, info: write("info"), warn: write("warn") },
    startTimer: timers.start,
  });
  const resetsAt = clock.now + hour;
  const refuse = () => Promise.reject(createExhaustedError(resetsAt, { now: clock.now }));
  return { clock, answers, timers, lines, allowance, resetsAt, refuse };
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
    // Who looks for no request, such as who scrapes the metrics, has nothing renewed.
    expect(allowance.budget({ renew: false })).toMatchObject({ usedPercent: 20 });
    expect(answers.length).toBe(1);
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

const { signal } = new AbortController();

describe("the state, for those who ask", () => {
  test("is looked at also before anything was spent, once in 30 s, however many ask", async () => {
    const { allowance, clock, answers, resetsAt } = setUp();
    const asked = Array.from({ length: 20 }, () => allowance.state(signal));
    expect(answers.length).toBe(1);
    const toldAt = clock.now;
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    const size = { tokens: 25_000, windowMs: 4 * hour };
    const budget = { usedPercent: 20, spent: false, resetsAt, size };
    const told = { kind: "counted", budget, estimated: false, toldAt };
    expect(await Promise.all(asked)).toEqual(asked.map(() => told));
    clock.now += 29_999;
    expect(await allowance.state(signal)).toEqual(told);
    expect(answers.length).toBe(1);
    clock.now += 1;
    const later = allowance.state(signal);
    expect(answers.length).toBe(2);
    await land(answers[1], { usedPercent: 21, blocked: false, authenticated: false, resetsAt });
    expect(await later).toMatchObject({ budget: { usedPercent: 21 }, toldAt: clock.now });
  });

  test("shares its looks with the headers of answers", async () => {
    const { allowance, answers, resetsAt } = setUp();
    await ask(allowance);
    allowance.budget();
    const asked = allowance.state(signal);
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    await asked;
    allowance.budget();
    await allowance.state(signal);
    expect(answers.length).toBe(1);
  });

  test("says when our own count is in it", async () => {
    const { allowance, answers, resetsAt } = setUp();
    const asked = allowance.state(signal);
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    await asked;
    allowance.count(250);
    expect(await allowance.state(signal)).toMatchObject({ estimated: true, budget: { usedPercent: 21 } });
  });

  test("is spent as soon as a request was refused, without a look", async () => {
    const { allowance, answers, refuse, resetsAt } = setUp();
    await expect(allowance.spend(refuse)).rejects.toThrow();
    expect(await allowance.state(signal)).toMatchObject({
      kind: "counted",
      estimated: false,
      budget: { spent: true, usedPercent: 100, resetsAt },
    });
    expect(answers.length).toBe(0);
  });

  test("is not waited for longer than some seconds, and never twice for one look", async () => {
    const { allowance, answers, timers, resetsAt } = setUp();
    const asked = allowance.state(signal);
    expect(timers.running).toEqual([4000]);
    timers.expireAll();
    expect(await asked).toEqual({ kind: "unknown" });
    expect(await allowance.state(signal)).toEqual({ kind: "unknown" });
    expect(answers.length).toBe(1);
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    expect(await allowance.state(signal)).toMatchObject({ kind: "counted" });
  });

  test("is unknown where nobody says it, and uncounted where nothing is counted", async () => {
    const { allowance, answers, clock } = setUp();
    const asked = allowance.state(signal);
    answers[0]?.reject(new Error("no"));
    expect(await asked).toEqual({ kind: "unknown" });
    clock.now += 30_000;
    const again = allowance.state(signal);
    await land(answers[1], undefined);
    expect(await again).toEqual({ kind: "uncounted" });
  });

  test("lets those go who leave, without ending the look of the others", async () => {
    const { allowance, answers, resetsAt } = setUp();
    const leaving = new AbortController();
    const [gone, stays] = [allowance.state(leaving.signal), allowance.state(signal)];
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ kind: "aborted" });
    await land(answers[0], { usedPercent: 20, blocked: false, authenticated: false, resetsAt });
    expect(await stays).toMatchObject({ kind: "counted" });
  });
});

describe("the log", () => {
  const fine = { blocked: false, authenticated: false };

  /** One that was looked at once. */
  async function setUpSeen(usedPercent: number, status: Partial<UsageStatus> = {}) {
    const own = setUp();
    await ask(own.allowance);
    own.allowance.budget();
    await land(own.answers[0], { usedPercent, ...fine, resetsAt: own.resetsAt, ...status });
    return own;
  }

  test("warns at 80 % and at 100 % of our own count, once each", async () => {
    const { allowance, lines } = await setUpSeen(70);
    allowance.count(2400);
    expect(lines).toEqual([]);
    for (let times = 0; times < 3; times += 1) allowance.count(200);
    expect(lines).toEqual([
      "warn: 80 % of the budget at Akash Chat is used, some 4,900 tokens are left; there is a new one in 1 h",
    ]);
    for (let times = 0; times < 3; times += 1) allowance.count(5000);
    expect(lines.slice(1)).toEqual([
      "warn: the budget at Akash Chat is used up by our own count: it may refuse requests until there is a new one in 1 h",
    ]);
  });

  test("warns at what a look tells, without tokens for an account", async () => {
    const { lines } = await setUpSeen(91.6, { authenticated: true });
    expect(lines).toEqual(["warn: 91 % of the budget at Akash Chat is used; there is a new one in 1 h"]);
  });

  const spent =
    "warn: the budget at Akash Chat is spent: it refuses requests until there is a new one in 1 h";
  const back = "info: there is a new budget at Akash Chat";

  test("warns once of a budget that is spent, however many are refused, and tells of the next at its time", async () => {
    const { allowance, lines, refuse, timers, clock, resetsAt } = setUp();
    await Promise.allSettled(Array.from({ length: 5 }, () => allowance.spend(refuse)));
    expect(lines).toEqual([spent]);
    expect(timers.running).toEqual([hour]);
    // A timer that is too early, as after the clock was set back.
    clock.now = resetsAt - 5000;
    timers.expireAll();
    expect(lines).toEqual([spent]);
    expect(timers.running).toEqual([5000]);
    clock.now = resetsAt;
    timers.expireAll();
    expect(lines).toEqual([spent, back]);
    expect(timers.running).toEqual([]);
  });

  test("warns anew in the next window", async () => {
    const { allowance, lines, clock, resetsAt, answers } = await setUpSeen(85);
    clock.now = resetsAt;
    await ask(allowance);
    allowance.budget();
    await land(answers[1], { usedPercent: 83, ...fine, resetsAt: resetsAt + 4 * hour });
    expect(lines).toEqual([
      "warn: 85 % of the budget at Akash Chat is used, some 3,750 tokens are left; there is a new one in 1 h",
      "warn: 83 % of the budget at Akash Chat is used, some 4,250 tokens are left; there is a new one in 4 h",
    ]);
  });

  test("tells when a limit was lifted early; an estimate that was too high is none", async () => {
    const lifted = setUp();
    await expect(lifted.allowance.spend(lifted.refuse)).rejects.toThrow();
    lifted.clock.now += 30_000;
    await ask(lifted.allowance);
    await land(lifted.answers[0], { usedPercent: 3, ...fine, resetsAt: lifted.resetsAt });
    expect(lifted.lines).toEqual([spent, back]);

    const estimated = await setUpSeen(70);
    estimated.allowance.count(25_000);
    estimated.clock.now += 30_000;
    estimated.allowance.budget();
    await land(estimated.answers[1], { usedPercent: 90, ...fine, resetsAt: estimated.resetsAt });
    estimated.allowance.count(25_000);
    expect(estimated.lines.length).toBe(1);
  });

  test("says nothing once closed", async () => {
    const { allowance, timers, refuse, lines, clock, resetsAt } = setUp();
    await expect(allowance.spend(refuse)).rejects.toThrow();
    allowance.close();
    expect(timers.running).toEqual([]);
    // Answers that are under way end later.
    clock.now = resetsAt;
    allowance.count(50_000);
    expect(timers.running).toEqual([]);
    expect(lines).toEqual([spent]);
  });
});

function setUpTwo() {
  const one = setUp();
  const takers: ((status: UsageStatus) => void)[] = [];
  const published: UsageStatus[] = [];
  const looks: Look[] = [];
  const other = createAllowance({
    look: () => begin(looks),
    now: () => one.clock.now,
    log: { debug() {}, info() {}, warn() {} },
    startTimer: one.timers.start,
    shared: {
      publish: (status) => void published.push(status),
      subscribe(take) {
        takers.push(take);
        return () => void takers.splice(0);
      },
    },
  });
  return {
    ...one,
    other,
    looks,
    published,
    tell: (status: UsageStatus) => takers.forEach((take) => take(status)),
  };
}

describe("with another process that spends of it", () => {
  test("what that is told is as good as a look of our own, and is not told on", async () => {
    const { other, looks, published, tell, resetsAt } = setUpTwo();
    await other.spend(async () => "sent");
    tell({ usedPercent: 100, blocked: true, authenticated: false, resetsAt });
    expect(await ask(other)).toBe("budget-exhausted");
    expect(other.budget()).toMatchObject({ spent: true, resetsAt });
    tell({ usedPercent: 1, blocked: false, authenticated: false, resetsAt });
    expect(await ask(other)).toBe("sent");
    expect(other.budget()).toMatchObject({ spent: false, usedPercent: 1 });
    expect([looks.length, published]).toEqual([0, []]);
  });

  test("looks and refusals are told; a look that began before another's tidings is not", async () => {
    const { other, looks, published, tell, refuse, clock, resetsAt } = setUpTwo();
    const status = { usedPercent: 50, blocked: false, authenticated: false, resetsAt };
    await other.spend(async () => "sent");
    other.budget();
    await land(looks[0], status);
    expect(published).toEqual([status]);
    await expect(other.spend(refuse)).rejects.toMatchObject({ kind: "budget-exhausted" });
    expect(published[1]).toEqual({ ...status, usedPercent: 100, blocked: true });
    clock.now += 30_000;
    other.budget();
    tell({ ...status, usedPercent: 7 });
    await land(looks[1], { ...status, usedPercent: 99 });
    expect(other.budget()).toMatchObject({ usedPercent: 7 });
    expect(published).toHaveLength(2);
  });

  test("a closed one hears nothing more", () => {
    const { other, tell, resetsAt } = setUpTwo();
    other.close();
    tell({ usedPercent: 100, blocked: true, authenticated: false, resetsAt });
    expect(other.budget()).toBeUndefined();
  });
});
