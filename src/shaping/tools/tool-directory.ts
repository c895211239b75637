import type { ToolDefinition } from "../../model/request.ts";
import { objectMembers, type Members } from "../json/members.ts";
import { loosen } from "../schema/loosen.ts";
import { rulesOf } from "../schema/coerce-to-schema.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { loneBudget, type SchemaWork } from "../schema/schema-work.ts";
import type { ObjectShape } from "../schema/object-shape.ts";
import { createArgumentsValidator } from "../schema/validate-arguments.ts";
import { createMarks, type Marks } from "./marks.ts";

/** A declared tool and what its schema says. */
export interface DeclaredTool {
  readonly definition: ToolDefinition;
  /** What its schema says of its arguments. */
  readonly members: Members;
  /** What its schema says of their keys. */
  readonly shape: ObjectShape;
  /** The names of its arguments, in the schema's order. */
  readonly keys: readonly string[];
  /** What reading and checking its calls is paid from. */
  readonly budget: CheckBudget;
  /** Whether it declares an argument of this name, in this spelling or another. */
  takes(name: string): boolean;
  /** What is wrong with arguments, a line for each fault. Empty: nothing, or the schema can't be used. */
  validate(value: unknown): readonly string[];
}

/** Finds declared tools. */
export interface ToolDirectory {
  readonly names: readonly string[];
  /** The opening tags that are named by a tool. */
  readonly tags: Marks;
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

/** What is known of a list of tools by itself: the same list comes with each turn of a conversation. */
interface Index {
  readonly exact: ReadonlyMap<string, ToolDefinition>;
  /** By their names but for case and separators; `undefined` where that is no name of one tool. */
  readonly loose: ReadonlyMap<string, ToolDefinition | undefined>;
  readonly names: readonly string[];
  readonly tags: () => Marks;
}

const known = new WeakMap<readonly ToolDefinition[], Index>();

function indexOf(tools: readonly ToolDefinition[]): Index {
  const found = known.get(tools);
  if (found !== undefined) return found;
  const exact = new Map<string, ToolDefinition>();
  const loose = new Map<string, ToolDefinition | undefined>();
  for (const definition of tools) {
    exact.set(definition.name, definition);
    const key = loosen(definition.name);
    loose.set(key, loose.has(key) ? undefined : definition);
  }
  const names = [...exact.keys()];
  let tags: Marks | undefined;
  const index = { exact, loose, names, tags: () => (tags ??= createMarks(names.map((name) => `<${name}>`))) };
  known.set(tools, index);
  return index;
}

/** Prepares tools for look-up; what their schemas say is looked at when they are first needed. */
export function createToolDirectory(tools: readonly ToolDefinition[], work?: SchemaWork): ToolDirectory {
  const { exact, loose, names, tags } = indexOf(tools);
  const declared = new Map<ToolDefinition, DeclaredTool>();

  function declare(definition: ToolDefinition | undefined): DeclaredTool | undefined {
    if (definition === undefined) return undefined;
    const tool = declared.get(definition) ?? declareTool(definition, work);
    declared.set(definition, tool);
    return tool;
  }

  return {
    names,
    get tags() {
      return tags();
    },
    budget: work?.budget ?? loneBudget,
    find(name) {
      const spelled = name.trim();
      const found = exact.get(spelled);
      if (found !== undefined) return declare(found);
      const spellings = [...spellingsOf(spelled)];
      for (const one of spellings) if (exact.has(one)) return declare(exact.get(one));
      for (const one of spellings) if (loose.has(loosen(one))) return declare(loose.get(loosen(one)));
      return undefined;
    },
    bareName,
    begins: (prefix) => names.some((name) => name.startsWith(prefix)),
  };
}

function bareName(name: string): string {
  return withoutMarks(name).replace(/^(functions?|tools?)[.:/]+/, "");
}

/** A name without tokens, an index or a colon, a bracket or quotes around it. */
function withoutMarks(name: string): string {
  return name
    .trim()
    .replace(/^(?:<\|[^|]*\|>)+/, "")
    .replace(/(?:<\|[\s\S]*|\(\s*\))$/, "")
    .replace(/:\d*\s*$/, "")
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
  const shape = rulesOf(schema, schema);
  let validate: ((value: unknown) => readonly string[]) | undefined;

  return {
    definition,
    members: objectMembers(schema, schema),
    shape,
    keys: shape.keys,
    budget: work?.budget ?? loneBudget,
    takes: (name) => shape.declares(shape.keyFor(name)),
    validate(value) {
      validate ??= createArgumentsValidator(schema, work);
      return validate(value);
    },
  };
}
