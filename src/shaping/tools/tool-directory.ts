import type { JsonSchema, ToolDefinition } from "../../model/request.ts";
import { loosen } from "../schema/loosen.ts";
import { branchesOf, propertiesOf, resolveSchema, typesOf } from "../schema/resolve-schema.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { loneBudget, type SchemaWork } from "../schema/schema-work.ts";
import { createArgumentsValidator } from "../schema/validate-arguments.ts";

/** A declared tool and what its schema says. */
export interface DeclaredTool {
  readonly definition: ToolDefinition;
  /** What reading and checking its calls is paid from. */
  readonly budget: CheckBudget;
  /** The declared name of a key that a model may have spelled in another case or with other separators. */
  keyFor(key: string): string;
  /** The schema of a declared key; `undefined` if the schema doesn't name it. */
  schemaFor(key: string): unknown;
  /** Whether a call without this key is wrong. */
  requires(key: string): boolean;
  /** The keys that the schema names. */
  readonly keys: readonly string[];
  /** The key at a position, for calls with arguments in order. */
  keyAt(position: number): string | undefined;
  /** Whether a string value of this key may pass as it is, before it is complete. */
  passesStrings(key: string, whenUntyped: boolean): boolean;
  /** What is wrong with arguments, a line for each fault. Empty: nothing, or the schema can't be used. */
  validate(value: unknown): readonly string[];
}

/** Finds declared tools. */
export interface ToolDirectory {
  readonly names: readonly string[];
  /** What reading and checking calls is paid from. */
  readonly budget: CheckBudget;
  /**
   * The tool of a name that a model wrote: exact, in another case, or without what back ends and models put around it,
   * when what is left is declared: tokens (`NAME<|channel|>`), an index (`NAME:0`), a namespace (`functions.NAME`).
   */
  find(name: string): DeclaredTool | undefined;
  /** A name without what models put before it (`functions.`). */
  bareName(name: string): string;
  /** Whether a declared name begins so: for syntaxes that only the name tells from prose. */
  begins(prefix: string): boolean;
}

/** Prepares tools for look-up; schemas are compiled when they are first needed. */
export function createToolDirectory(tools: readonly ToolDefinition[], work?: SchemaWork): ToolDirectory {
  const exact = new Map<string, DeclaredTool>();
  const loose = new Map<string, DeclaredTool | undefined>();
  for (const definition of tools) {
    const tool = declareTool(definition, work);
    exact.set(definition.name, tool);
    const key = loosen(definition.name);
    loose.set(key, loose.has(key) ? undefined : tool);
  }
  const names = [...exact.keys()];

  return {
    names,
    budget: work?.budget ?? loneBudget,
    find(name) {
      const spelled = name.trim();
      const found = exact.get(spelled);
      if (found !== undefined) return found;
      const spellings = [...spellingsOf(spelled)];
      for (const one of spellings) if (exact.has(one)) return exact.get(one);
      for (const one of spellings) if (loose.has(loosen(one))) return loose.get(loosen(one));
      return undefined;
    },
    bareName,
    begins: (prefix) => names.some((name) => name.startsWith(prefix)),
  };
}

function bareName(name: string): string {
  return withoutMarks(name).replace(/^(functions?|tools?)[.:/]+/, "");
}

/** A name without tokens, an index, a bracket or quotes around it. */
function withoutMarks(name: string): string {
  return name
    .trim()
    .replace(/^(?:<\|[^|]*\|>)+/, "")
    .replace(/(?:<\|[\s\S]*|\(\s*\))$/, "")
    .replace(/:\d+\s*$/, "")
    .replace(/^["'`\s]+|["'`\s]+$/g, "");
}

/** What a name may stand for, from all of it to its last part. Deeper namespaces than that are none. */
function* spellingsOf(name: string): Generator<string> {
  yield name;
  let rest = withoutMarks(name);
  for (let parts = 0; parts < 8; parts += 1) {
    yield rest;
    const at = rest.search(/[.:/]/);
    if (at === -1) return;
    rest = rest.slice(at + 1);
  }
}

function declareTool(definition: ToolDefinition, work: SchemaWork | undefined): DeclaredTool {
  const schema = definition.parameters;
  const properties = propertiesOf(schema, schema);
  const required = new Set<unknown>(Array.isArray(schema["required"]) ? schema["required"] : []);
  const loose = new Map<string, string | undefined>();
  for (const key of properties.keys()) loose.set(loosen(key), loose.has(loosen(key)) ? undefined : key);
  const keys = [...properties.keys()];
  let validate: ((value: unknown) => readonly string[]) | undefined;

  return {
    definition,
    budget: work?.budget ?? loneBudget,
    keyFor: (key) => (properties.has(key) ? key : (loose.get(loosen(key)) ?? key)),
    schemaFor: (key) => properties.get(key),
    requires: (key) => required.has(key),
    keys,
    keyAt: (position) => keys[position],
    passesStrings(key, whenUntyped) {
      const property = properties.get(key);
      const types = typesOf(property, schema);
      if (types.size === 0) return whenUntyped && !hasFixedValues(property, schema);
      return types.has("string") && !hasFixedValues(property, schema);
    },
    validate(value) {
      validate ??= createArgumentsValidator(schema, work);
      return validate(value);
    },
  };
}

/** Values that are one of a list are short and can be corrected: they wait until they are complete. */
function hasFixedValues(schema: unknown, root: JsonSchema, seen: Set<JsonSchema> = new Set()): boolean {
  const resolved = resolveSchema(schema, root);
  if (resolved === undefined || seen.size > 100 || seen.has(resolved)) return false;
  seen.add(resolved);
  if ("enum" in resolved || "const" in resolved) return true;
  return branchesOf(resolved).some((branch) => hasFixedValues(branch, root, seen));
}
