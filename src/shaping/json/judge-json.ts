import type { JsonSchema } from "../../model/request.ts";
import { findExcess, parseBounded } from "../parse-bounded.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { absent, coerceToSchema, rulesOf } from "../schema/coerce-to-schema.ts";
import type { SchemaCheck } from "../schema/compile-json-schema.ts";
import { isRecord, resolveSchema } from "../schema/resolve-schema.ts";
import type { RootType } from "../schema/root-types.ts";

/** What one way to read an answer comes to. */
export type Verdict =
  /** `unchecked`: as far as could be told; there was no time for its schema, or it is one that can't be checked. */
  | { readonly kind: "fits"; readonly text: string; readonly unchecked?: true }
  | { readonly kind: "misfit"; readonly reason: string }
  /** Too large to be read: then it would not fit into another turn either. */
  | { readonly kind: "excess"; readonly reason: string }
  | { readonly kind: "no-json" };

/** Judges JSON texts by what is asked for. */
export interface JsonJudge {
  /** Whether a text is what is asked for, as it is. */
  fits(json: string): Verdict;
  /** The same, or what the text becomes in the form that the schema wants, or what it only wraps. */
  read(json: string): Verdict;
}

/** What JSON is asked for. */
export interface JsonWish {
  readonly schema: JsonSchema | undefined;
  readonly types: ReadonlySet<RootType>;
  readonly check: SchemaCheck | undefined;
  readonly budget: CheckBudget;
}

/** An object with more members wraps nothing. */
export const mostWraps = 16;

/** Creates the judge of one answer. */
export function createJsonJudge({ schema, types, check, budget }: JsonWish): JsonJudge {
  const declared = schema === undefined ? undefined : resolveSchema(schema, schema);
  const shape = schema === undefined || declared === undefined ? undefined : rulesOf(declared, schema);
  const knowsKeys = shape !== undefined && shape.keys.length > 0;

  function judge(value: unknown, text: string): Verdict {
    if (!types.has(typeOf(value)))
      return { kind: "misfit", reason: `its root is not an ${types.has("object") ? "object" : "array"}` };
    const finding = check?.(value) ?? "fits";
    if (finding === "unchecked") return { kind: "fits", text, unchecked: true };
    return finding === "fits" ? { kind: "fits", text } : { kind: "misfit", reason: finding.reason };
  }

  function isStrange(value: unknown): boolean {
    return isRecord(value) && shape?.isStrange(value) === true;
  }

  function coerce(value: unknown, length: number): Verdict | undefined {
    if (schema === undefined || !types.has(typeOf(value)) || isStrange(value)) return undefined;
    const coerced = budget.change(length, () => coerceToSchema(value, schema, schema))?.done;
    return coerced === undefined || coerced === absent || coerced === value
      ? undefined
      : judge(
          coerced,
          budget.convert(length, () => JSON.stringify(coerced)),
        );
  }

  /** A value as it is where that is sure to fit, else in the form that the schema wants. */
  function judgeInForm(value: unknown, text: string, length: number): Verdict {
    const asIs = judge(value, text);
    if (isSure(asIs)) return asIs;
    const mended = coerce(value, length);
    return mended?.kind === "fits" ? mended : asIs;
  }

  /** The answer inside of an object that only names it, or says what it is. */
  function unwrap(value: unknown, length: number): Verdict | undefined {
    if (schema === undefined || !isRecord(value)) return undefined;
    const found = Object.entries(value)
      .slice(0, mostWraps)
      .flatMap(([key, inner]) => {
        if (typeof inner !== "object" || inner === null || shape?.declares(key) === true) return [];
        if (isSchema(inner)) return [];
        const isAlone = Object.keys(value).length === 1;
        const verdict =
          (isAlone ? wrap(inner, length) : undefined) ?? judgeInForm(inner, JSON.stringify(inner), length);
        return verdict.kind === "fits" ? verdict : [];
      });
    return found.length === 1 ? found[0] : undefined;
  }

  /** A list alone, where an object is wanted that has nothing but a list: that list is meant. */
  function wrap(value: unknown, length: number): Verdict | undefined {
    const key = shape?.onlyList;
    if (!Array.isArray(value) || key === undefined || types.has("array")) return undefined;
    const wrapped = { [key]: value };
    return judgeInForm(wrapped, JSON.stringify(wrapped), length);
  }

  function readValue(value: unknown, text: string): Verdict {
    const wrapped = wrap(value, text.length);
    if (wrapped?.kind === "fits") return wrapped;
    const first = isStrange(value) ? unwrap(value, text.length) : undefined;
    if (first?.kind === "fits") return first;
    if (knowsKeys && isSchema(value)) {
      const asIs = judge(value, text);
      return isSure(asIs) ? asIs : { kind: "misfit", reason: "it is the schema, not an answer" };
    }
    const verdict = judgeInForm(value, text, text.length);
    return verdict.kind === "fits" ? verdict : (unwrap(value, text.length) ?? verdict);
  }

  function parse(json: string, judgeValue: (value: unknown, text: string) => Verdict): Verdict {
    const excess = findExcess(json);
    if (excess !== undefined) return { kind: "excess", reason: `it ${excess}` };
    let value: unknown;
    try {
      value = budget.convert(json.length, () => parseBounded(json));
    } catch {
      // Not JSON: the next way of reading may do.
      return { kind: "no-json" };
    }
    return judgeValue(value, json);
  }

  return {
    fits: (json) => parse(json, judge),
    read: (json) => parse(json, readValue),
  };
}

function isSure(verdict: Verdict): boolean {
  return verdict.kind === "fits" && verdict.unchecked !== true;
}

function typeOf(value: unknown): RootType {
  return Array.isArray(value) ? "array" : isRecord(value) ? "object" : "scalar";
}

const typeNames = new Set<unknown>(["string", "number", "integer", "boolean", "array", "object", "null"]);

/** Whether an object describes properties instead of having them. */
function isSchema(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const all = Object.values(isRecord(value["properties"]) ? value["properties"] : value);
  return all.length > 0 && all.every(describesValue);
}

function describesValue(value: unknown): boolean {
  return (
    isRecord(value) &&
    ([value["type"]].flat().some((type) => typeNames.has(type)) ||
      typeof value["$ref"] === "string" ||
      ["anyOf", "oneOf", "allOf", "enum"].some((word) => Array.isArray(value[word])))
  );
}
