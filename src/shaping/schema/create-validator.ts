import type { ErrorObject } from "ajv";

import type { JsonSchema } from "../../model/request.ts";
import { measureSchema } from "./bound-schemas.ts";
import type { CheckBudget } from "./check-budget.ts";
import { loadAjv } from "./load-ajv.ts";
import { keysOf, narrowSchema } from "./narrow-schema.ts";

/** Judges values by one schema. Kept and shared as long as the schema is remembered. */
export interface Validator {
  /**
   * What is wrong with a value; empty when it fits. `undefined` when that can't be told: the budget is used up, the
   * check takes too long, or the schema is one that can't be compiled.
   */
  check(value: unknown, budget: CheckBudget): readonly ErrorObject[] | undefined;
}

/** How a validator reads its schema. */
export interface Dialect {
  readonly draft: "draft-07" | "2020-12";
  /** Whether patterns are read as ECMAScript's `u` flag has it. */
  readonly unicodePatterns: boolean;
}

/** Compiled whole up to this many JSON values; of larger schemas what a value touches. */
const wholeValues = 400;

/** Keywords whose check can take more than linear time. */
const slowKeywords = /"(?:pattern|patternProperties|uniqueItems|\$ref|\$dynamicRef|\$recursiveRef)":/;

/**
 * So many steps take some milliseconds: each value costs at least an error, at most all keywords. A check of more has
 * the request's time as its limit.
 */
const manySteps = 20_000;

/** UTF-16 units of a text that cost as much as a value: they are counted where a schema limits their number. */
const unitsOfValue = 64;

/** How many narrowed forms of a large schema are kept compiled. */
const mostNarrowed = 16;

/** How much of a value there is to check: its values, and its texts by length. Stops above `most`. */
function weigh(value: unknown, most: number): number {
  let weight = 1;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && weight <= most) {
    const one = waiting.pop();
    if (typeof one === "string") weight += one.length / unitsOfValue;
    if (typeof one !== "object" || one === null) continue;
    const inner: unknown[] = Object.values(one);
    weight += inner.length;
    if (weight <= most) for (const item of inner) waiting.push(item);
  }
  return weight;
}

type Compiled = (value: unknown) => readonly ErrorObject[];

/** Makes a validator; nothing is compiled before the first value comes. */
export function createValidator(schema: JsonSchema, { draft, unicodePatterns }: Dialect): Validator {
  const { values } = measureSchema(schema);
  const isLarge = values > wholeValues;
  const isSlow = isLarge || slowKeywords.test(JSON.stringify(schema));
  const compiled = new Map<string, Compiled>();
  let isBroken = false;

  function compile(form: JsonSchema): Compiled {
    const options = {
      strict: false,
      validateFormats: false,
      validateSchema: false,
      addUsedSchema: false,
      allErrors: true,
      unicodeRegExp: unicodePatterns,
      logger: false,
      // What it saves at each check it costs many times over at the only compilation.
      code: { optimize: false },
      // Each definition is compiled once, however many refer to it.
      inlineRefs: false,
    } as const;
    // One instance each, so that equal $ids of different clients never meet.
    const { Ajv, Ajv2020 } = loadAjv();
    const ajv = draft === "2020-12" ? new Ajv2020(options) : new Ajv(options);
    const validate = ajv.compile(form);
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  }

  /** What of the schema a value touches; `undefined` when the budget has no time to look. */
  function formOf(value: unknown, budget: CheckBudget): JsonSchema | undefined {
    if (!isLarge) return schema;
    const look = (): JsonSchema => narrowSchema(schema, keysOf(value));
    return weigh(value, manySteps) > manySteps ? budget.check(validator, look)?.done : look();
  }

  /** A form as it is compiled, made when it is missing; `undefined` when the budget has no room for it. */
  function compiledFor(form: JsonSchema, budget: CheckBudget): Compiled | undefined {
    const key = isLarge ? JSON.stringify(form) : "";
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const cost = isLarge ? measureSchema(form).values : values;
    const made = budget.compile(validator, cost, () => compile(form))?.done;
    if (made === undefined) return undefined;
    if (compiled.size >= mostNarrowed) compiled.clear();
    compiled.set(key, made);
    return made;
  }

  function judgeFor(value: unknown, budget: CheckBudget): Compiled | undefined {
    const form = formOf(value, budget);
    if (form === undefined) return undefined;
    try {
      return compiledFor(form, budget);
    } catch {
      // Clients send schemas that no validator takes: broken references, patterns of other languages.
      isBroken = true;
      return undefined;
    }
  }

  const validator: Validator = {
    check(value, budget) {
      if (isBroken) return undefined;
      try {
        const judge = judgeFor(value, budget);
        if (judge === undefined) return undefined;
        const most = manySteps / (values + 1);
        return isSlow || weigh(value, most) > most
          ? budget.check(validator, () => judge(value))?.done
          : judge(value);
      } catch {
        // A schema that leads back to itself, or a value nested too deeply for the stack.
        return undefined;
      }
    },
  };
  return validator;
}
