import type { ErrorObject } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import { LRUCache } from "lru-cache";

import type { JsonSchema } from "../../model/request.ts";
import { measureSchema } from "./bound-schemas.ts";
import { loadAjv } from "./load-ajv.ts";
import { followReference, isRecord } from "./resolve-schema.ts";

/** Judges schemas and keeps none of them. Shared, because compiling the meta-schemas takes 50 ms. */
let judge: Ajv2020 | undefined;

function findJudge(): Ajv2020 {
  if (judge === undefined) {
    const { Ajv2020 } = loadAjv();
    judge = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, logger: false });
  }
  return judge;
}

/** Verdicts by the schema's JSON; `""` is a good one. A schema always gets the same, so they may be shared. */
const verdicts = new LRUCache<string, string>({ max: 1000, maxSize: 4_000_000 });

/** Compiles the meta-schemas, so that the first request with a schema does not wait for them: some 50 ms. */
export function loadSchemaRules(): void {
  void findJudge().validateSchema({});
}

/** Keywords whose schemas judge the very value that the schema around them judges. */
const sameValue = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/** So many references and branches may follow each other before one of them looks into the value. */
const longestTrail = 200;

const longestReason = 300;

/**
 * Why a client's schema (draft 2020-12; what older drafts have in common with it works too) can't be used, in words that
 * go on from "it"; `undefined` for a good one. What a schema with `$id`s refers to is not looked at.
 */
export function judgeSchema(schema: JsonSchema): string | undefined {
  // First, because it is the only step that takes a schema of any size.
  const { excess } = measureSchema(schema);
  if (excess !== undefined) return `it is too large: ${excess}`;
  const text = JSON.stringify(schema);
  let verdict = verdicts.get(text);
  if (verdict === undefined) {
    verdict = findFault(schema, text)?.slice(0, longestReason) ?? "";
    verdicts.set(text, verdict, { size: text.length + verdict.length + 1 });
  }
  return verdict === "" ? undefined : verdict;
}

function findFault(schema: JsonSchema, text: string): string | undefined {
  const ajv = findJudge();
  if (ajv.validateSchema(schema) !== true) return describeErrors(ajv.errors ?? []);
  const hasIds = text.includes('"$id":');
  const done = new Set<unknown>();

  /** Follows what judges the same value; a schema that comes up again on its own trail has no end. */
  function followTrail(part: unknown, trail: readonly unknown[]): string | undefined {
    if (!isRecord(part)) return undefined;
    if (trail.includes(part))
      return `${describeLoop(part)} leads back to itself, so no check of it has an end`;
    if (done.has(part)) return undefined;
    if (trail.length > longestTrail) return `more than ${longestTrail} of its references follow each other`;
    const longer = [...trail, part];
    const reference = part["$ref"];
    if (typeof reference === "string" && (reference === "#" || reference.startsWith("#/"))) {
      const target = followReference(reference, schema);
      if (target === undefined && !hasIds)
        return `can't resolve reference ${reference}: there is no such place in it`;
      const fault = hasIds ? undefined : followTrail(target, longer);
      if (fault !== undefined) return fault;
    } else if (typeof reference === "string" && !reference.startsWith("#") && !hasIds) {
      return `can't resolve reference ${reference}: only places in the schema itself can be referred to`;
    }
    for (const keyword of sameValue) {
      const inner = part[keyword];
      for (const branch of Array.isArray(inner) ? inner : [inner]) {
        const fault = followTrail(branch, longer);
        if (fault !== undefined) return fault;
      }
    }
    done.add(part);
    return undefined;
  }

  for (const part of schemasIn(schema)) {
    const fault = followTrail(part, []) ?? findWrongPattern(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What the meta-schema says, with the place in the schema in words. */
function describeErrors(errors: readonly ErrorObject[]): string {
  const faults = errors
    // Says no more than its branches, which are there too.
    .filter(({ keyword }) => keyword !== "anyOf")
    .map(({ instancePath, message = "is wrong", params }) => {
      const allowed: unknown = params["allowedValues"];
      const list = Array.isArray(allowed) ? ` (${allowed.join(", ")})` : "";
      return `${instancePath === "" ? "it" : `its ${instancePath.slice(1)}`} ${message}${list}`;
    });
  return [...new Set(faults)].join(", ");
}

function describeLoop(part: JsonSchema): string {
  return typeof part["$ref"] === "string"
    ? `a schema that is {"$ref": ${JSON.stringify(part["$ref"])}}`
    : "a branch of it";
}

/** All objects in a schema that may be schemas. */
function* schemasIn(schema: JsonSchema): Generator<JsonSchema, void, undefined> {
  const waiting: unknown[] = [schema];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (isRecord(part)) yield part;
    if (Array.isArray(part)) for (const item of part as readonly unknown[]) waiting.push(item);
    else if (isRecord(part)) {
      for (const [keyword, inner] of Object.entries(part)) {
        if (keyword !== "enum" && keyword !== "const" && keyword !== "default" && keyword !== "examples")
          waiting.push(inner);
      }
    }
  }
}

function findWrongPattern({ pattern, patternProperties }: JsonSchema): string | undefined {
  const patterns = isRecord(patternProperties) ? Object.keys(patternProperties) : [];
  if (typeof pattern === "string") patterns.push(pattern);
  try {
    for (const one of patterns) RegExp(one, "u");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
