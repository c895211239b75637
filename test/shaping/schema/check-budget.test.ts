import { describe, expect, test } from "vitest";

import { createArgumentsValidator } from "../../../src/shaping/schema/validate-arguments.ts";
import { createCheckBudget } from "../../../src/shaping/schema/check-budget.ts";
import { createSchemaBook } from "../../../src/shaping/schema/schema-book.ts";

/** A budget whose work takes as long as `costs` says, by a clock of its own; what is not in there ends at once. */
function setUp(costs: readonly number[] = []) {
  let time = 0;
  let started = 0;
  const limits: number[] = [];
  const budget = createCheckBudget({
    now: () => time,
    limit(milliseconds, work) {
      const cost = costs[started] ?? 0;
      started += 1;
      limits.push(milliseconds);
      time += Math.min(cost, milliseconds);
      return cost > milliseconds ? undefined : work();
    },
  });
  return { budget, limits, started: () => started };
}

describe("the budget of a request", () => {
  test("is shared by all checks, and what takes too long is not begun again", () => {
    const { budget, limits } = setUp([1000, 5, 1000, 1]);
    const [first, second, third] = [{}, {}, {}];
    expect(budget.check(first, () => 1)).toBeUndefined();
    expect(budget.check(first, () => 1)).toBeUndefined();
    expect(budget.check(second, () => 2)).toEqual({ done: 2 });
    expect(budget.check(second, () => 2)).toBeUndefined();
    expect(budget.check(third, () => 3)).toBeUndefined();
    // 45 ms for one check, 60 for all: 45, then 5, then what is left.
    expect(limits).toEqual([45, 15, 10]);
  });

  test("of compiling is paid by size, not by time", () => {
    const { budget } = setUp();
    expect(budget.compile({}, 600, () => 1)).toEqual({ done: 1 });
    expect(budget.compile({}, 600, () => 2)).toBeUndefined();
    expect(budget.compile({}, 400, () => 3)).toEqual({ done: 3 });
  });

  test("is shared with what mends and changes texts, unless they are short", () => {
    const { budget, limits } = setUp([20, 1000]);
    expect(budget.change(1000, () => 1)).toEqual({ done: 1 });
    expect(limits).toEqual([]);
    expect(budget.change(1001, () => 2)).toEqual({ done: 2 });
    expect(budget.change(1001, () => 3)).toBeUndefined();
    expect(limits).toEqual([60, 40]);
    // Nothing is left, but for what takes no time.
    expect(budget.change(1001, () => 4)).toBeUndefined();
    expect(budget.check({}, () => 5)).toBeUndefined();
    expect(budget.change(1000, () => 6)).toEqual({ done: 6 });
  });

  test("pays for what is always done", () => {
    let time = 0;
    const budget = createCheckBudget({ now: () => time, limit: (_milliseconds, work) => work() });
    const parse = (): number => (time += 50);
    expect(budget.convert(5000, parse)).toBe(50);
    expect(budget.check({}, () => 1)).toEqual({ done: 1 });
    expect(budget.convert(5000, parse)).toBe(100);
    expect(budget.check({}, () => 1)).toBeUndefined();
    expect(budget.convert(5000, parse)).toBe(150);
  });

  test("is paid for compiling, too, which is decided by size alone", () => {
    const { budget, limits } = setUp([59.5]);
    expect(budget.compile({}, 500, () => 1)).toEqual({ done: 1 });
    expect(budget.check({}, () => 2)).toBeUndefined();
    expect(budget.compile({}, 500, () => 3)).toEqual({ done: 3 });
    expect(limits).toEqual([75, 75]);
  });

  test("is not used up by waiting for a processor: such work begins anew, but not for ever", () => {
    let time = 0;
    let left = 2;
    const budget = createCheckBudget({
      now: () => time,
      limit(_milliseconds, work) {
        time += 1;
        left -= 1;
        return left < 0 ? work() : undefined;
      },
    });
    expect(budget.check({}, () => 1)).toEqual({ done: 1 });
    left = 3;
    expect(budget.check({}, () => 2)).toBeUndefined();
    // Six of sixty milliseconds are spent.
    left = 0;
    expect(budget.change(2000, () => 3)).toEqual({ done: 3 });
  });

  test("passes on what the work throws", () => {
    expect(() => setUp().budget.check({}, () => JSON.parse("{"))).toThrow(SyntaxError);
  });
});

const valueOf = (length: number) => ({ a: Array.from({ length }, () => ({})) });

test("a value that holds thousands of values is checked within the time, whatever its schema says", () => {
  const list = { type: "object", properties: { a: { type: "array", items: { required: ["b"] } } } };
  const { budget, started } = setUp([0, 1000]);
  const validate = createArgumentsValidator(list, { book: createSchemaBook(), budget });
  expect(validate(valueOf(1000))[0]).toMatch(/must have required property/);
  expect(started()).toBe(1);
  expect(validate(valueOf(3000))).toEqual([]);
  expect(started()).toBe(2);
});

test("a long text is checked within the time, too, as are many values by many keywords", () => {
  const short = { type: "object", properties: { a: { type: "string", maxLength: 3 } } };
  const names = Array.from({ length: 150 }, (_, at) => ({ at }));
  const wide = { type: "object", properties: { a: { type: "array", items: { enum: names } } } };
  for (const [schema, small, large] of [
    [short, { a: "word" }, { a: "word ".repeat(200_000) }],
    [wide, { a: [{}] }, { a: Array.from({ length: 200 }, () => ({})) }],
  ] as const) {
    const { budget, started } = setUp([0, 1000]);
    const validate = createArgumentsValidator(schema, { book: createSchemaBook(), budget });
    expect(validate(small)).toHaveLength(1);
    expect(started()).toBe(1);
    expect(validate(large)).toEqual([]);
    expect(started()).toBe(2);
  }
});

const evil = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } };

describe("sixty calls of a tool whose pattern has no end", () => {
  test("cost one check", () => {
    const { budget, started } = setUp([0, 1000]);
    const work = { book: createSchemaBook(), budget };
    // Each choice of a request makes a validator of its own.
    for (let choice = 0; choice < 4; choice += 1) {
      const validate = createArgumentsValidator(evil, work);
      for (let call = 0; call < 15; call += 1) expect(validate({ a: "aaa!" })).toEqual([]);
    }
    // One compilation, one check.
    expect(started()).toBe(2);
  });
});

describe("schemas are remembered", () => {
  test("an equal schema of another request is not compiled again", () => {
    const book = createSchemaBook();
    const compiled: number[] = [];
    for (let request = 0; request < 3; request += 1) {
      const { budget, started } = setUp();
      const copy: typeof evil = JSON.parse(JSON.stringify(evil));
      expect(createArgumentsValidator(copy, { book, budget })({ a: "b" })).toEqual([
        'a must match pattern "^(a+)+$"',
      ]);
      compiled.push(started());
    }
    // A compilation and a check, then checks alone.
    expect(compiled).toEqual([2, 1, 1]);
  });

  test("of a large schema only what a value touches is compiled, and kept", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [`p${at}`, { type: "integer", minimum: at }]),
    );
    const schema = { type: "object", properties, required: ["p1"], additionalProperties: false };
    const book = createSchemaBook();
    const { budget, started } = setUp();
    const validate = createArgumentsValidator(schema, { book, budget });
    expect(validate({ p1: 1, p2000: 2000 })).toEqual([]);
    expect(validate({ p1: 2, p2000: 1 })).toEqual(["p2000 must be >= 2000"]);
    expect(validate({ p2: "x", q: 1 })).toEqual(
      [
        "the arguments must have required property 'p1'",
        'the arguments must NOT have additional properties: "q"',
        "p2 must be integer",
        "p2 must be >= 2",
      ].filter((fault) => fault !== "p2 must be >= 2"),
    );
    // Two forms were compiled, three values checked.
    expect(started()).toBe(5);
  });
});
