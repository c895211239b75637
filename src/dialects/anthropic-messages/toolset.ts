import type { JsonSchema, ToolDefinition } from "../../model/request.ts";

/** One tool of a toolset: what it does and what it takes. */
export interface ToolsetMember {
  readonly description: string;
  readonly properties: JsonSchema;
  readonly required: readonly string[];
}

/** Tools that Anthropic defined as one entry, and that the client runs. */
export interface Toolset {
  /** The `toolset_name` of calls and results. */
  readonly family: string;
  readonly members: Readonly<Record<string, ToolsetMember>>;
  /** Members that are only there when `configs` enables them. */
  readonly disabled: ReadonlySet<string>;
}

/** What a call of a member is on the wire. */
export interface ToolsetCall {
  readonly name: string;
  readonly toolset_name: string;
}

/** Settings of members, as the wire has them. */
export type ToolsetConfigs = Readonly<
  Record<string, { readonly enabled?: boolean | null | undefined } | null | undefined>
>;

/** A member of a toolset, with its properties and the names of those that must be given. */
export function member(
  description: string,
  properties: JsonSchema = {},
  required: readonly string[] = [],
): ToolsetMember {
  return { description, properties, required };
}

/** The name by which the model calls a member: `browser_navigate`. Other tools may well be named `navigate`. */
export function memberName({ name, toolset_name: family }: ToolsetCall): string {
  return `${family}_${name}`;
}

/** The members that `configs` leaves enabled, as tools for the model, with their calls on the wire. */
export function listMembers(
  { family, members, disabled }: Toolset,
  configs: ToolsetConfigs | null | undefined,
): { readonly definition: ToolDefinition; readonly call: ToolsetCall }[] {
  return Object.entries(members)
    .filter(([name]) => configs?.[name]?.enabled ?? !disabled.has(name))
    .map(([name, { description, properties, required }]) => {
      const call = { name, toolset_name: family };
      const parameters = { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
      return { definition: { name: memberName(call), description, parameters }, call };
    });
}
