import { Ajv, type ErrorObject } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";

import type { JsonSchema } from "../../model/request.ts";
import { measureSchema } from "./bound-schemas.ts";
import type { CheckBudget } from "./check-budget.ts";
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

/** A value of more JSON values is checked within the request's time too: each costs at least an error, at most all keywords. */
const manyValues = 2000;

/** How many narrowed forms of a large schema are kept compiled. */
const mostNarrowed = 16;

/** Whether a value holds more than `most` values. */
function holdsMore(value: unknown, most: number): boolean {
  const waiting: unknown[] = [value];
  for (let count = 0; waiting.length > 0; count += 1) {
    const one = waiting.pop();
    if (typeof one !== "object" || one === null) continue;
    const inner: unknown[] = Object.values(one);
    if (count + waiting.length + inner.length > most) return true;
    waiting.push(...inner);
  }
  return false;
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
    const ajv = draft === "2020-12" ? new Ajv2020(options) : new Ajv(options);
    const validate = ajv.compile(form);
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  }

  /** The compiled form that judges a value, made when it is missing; `undefined` when the budget has no room for it. */
  function formFor(value: unknown, budget: CheckBudget): Compiled | undefined {
    const narrowed = isLarge ? narrowSchema(schema, keysOf(value)) : schema;
    const key = isLarge ? JSON.stringify(narrowed) : "";
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const cost = isLarge ? measureSchema(narrowed).values : values;
    const made = budget.compile(validator, cost, () => compile(narrowed))?.done;
    if (made === undefined) return undefined;
    if (compiled.size >= mostNarrowed) compiled.clear();
    compiled.set(key, made);
    return made;
  }

  const validator: Validator = {
    check(value, budget) {
      if (isBroken) return undefined;
      let form: Compiled | undefined;
      try {
        form = formFor(value, budget);
      } catch {
        // Clients send schemas that no validator takes: broken references, patterns of other languages.
        isBroken = true;
      }
      if (form === undefined) return undefined;
      const judge = form;
      try {
        return isSlow || holdsMore(value, manyValues)
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
