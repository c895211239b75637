import { GatewayError, shorten } from "../../errors.ts";
import type { ToolChoice, ToolDefinition } from "../../model/request.ts";
import { boundSchemas, type NamedSchema } from "../../shaping/schema/bound-schemas.ts";
import { describeWithExamples, nameExamples } from "../tool-examples.ts";
import type { RequestBody } from "./request-schema.ts";

/** The tool part of a request. */
export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  /** True: asked through `functions`, so the answer has `function_call` instead of `tool_calls`. */
  readonly legacy: boolean;
  /** Names of the tools that take free-form text. */
  readonly customNames: ReadonlySet<string>;
  /** Tools of other types than function and custom, which are left out: `tools[2]`. */
  readonly ignored: readonly string[];
}

type WireFunction = NonNullable<RequestBody["functions"]>[number];

type WireOffer = WireFunction | NonNullable<NonNullable<RequestBody["tools"]>[number]>;

/** Agents send the same tools with each turn. */
const known = new WeakMap<WireOffer, ToolDefinition>();

function toKnownDefinition(tool: WireOffer): ToolDefinition {
  const definition = known.get(tool) ?? toDefinition(tool);
  known.set(tool, definition);
  return definition;
}

function toDefinition(tool: WireOffer): ToolDefinition {
  const { name, description, parameters, input_examples: examples } = tool;
  const told = describeWithExamples(description, examples);
  return {
    name,
    ...("custom" in tool ? { inWords: true } : {}),
    ...(told === "" ? {} : { description: told }),
    parameters: parameters ?? { type: "object" },
  };
}

/** The schemas of the tools, and their examples, under the names of their fields. */
function* nameSchemas({ tools, functions }: RequestBody): Generator<NamedSchema, void, undefined> {
  for (const [index, tool] of (tools ?? []).entries()) {
    if (tool === undefined) continue;
    const { parameters: schema = {}, parametersAt, description, input_examples: examples } = tool;
    yield { schema, texts: [description], param: `tools[${index}].${parametersAt}` };
    yield* nameExamples(examples, `tools[${index}].input_examples`);
  }
  if (tools !== undefined) return;
  for (const [index, tool] of (functions ?? []).entries()) {
    const { parameters: schema = {}, description, input_examples: examples } = tool;
    yield { schema, texts: [description], param: `functions[${index}].parameters` };
    yield* nameExamples(examples, `functions[${index}].input_examples`);
  }
}

/** Reads `tools` and `tool_choice`, or their predecessors. Throws `invalid-request` for a choice without its tool, and for too much. */
export function parseTools(body: RequestBody): ParsedTools {
  const legacy = body.tools === undefined && body.functions !== undefined;
  const wire = body.tools ?? body.functions ?? [];
  boundSchemas(nameSchemas(body));
  const tools = wire.flatMap((tool) => (tool === undefined ? [] : [toKnownDefinition(tool)]));
  const offered = new Set(tools.map((tool) => tool.name));
  const ignored = wire.flatMap((tool, index) => (tool === undefined ? [`tools[${index}]`] : []));
  const customNames = new Set(
    (body.tools ?? []).flatMap((tool) => (tool !== undefined && "custom" in tool ? [tool.name] : [])),
  );
  const choice = (legacy ? body.function_call : body.tool_choice) ?? "auto";
  const param = legacy ? "function_call" : "tool_choice";

  function known(name: string): string {
    if (offered.has(name)) return name;
    const shown = shorten(name);
    throw new GatewayError("invalid-request", `'${param}' names '${shown}', which is not among the tools.`, {
      param,
      sent: [shown],
    });
  }

  if (typeof choice === "object" && "mode" in choice) {
    const names = new Set(choice.tools.map(known));
    const allowed = tools.filter((tool) => names.has(tool.name));
    return { tools: allowed, toolChoice: { kind: choice.mode }, legacy, customNames, ignored };
  }
  if (typeof choice === "object") {
    return {
      tools,
      toolChoice: { kind: "function", name: known(choice.name) },
      legacy,
      customNames,
      ignored,
    };
  }
  if (choice === "required" && tools.length === 0) {
    throw new GatewayError(
      "invalid-request",
      `'${param}' is "required", but there are no function or custom tools.`,
      {
        param,
      },
    );
  }
  return { tools, toolChoice: { kind: choice }, legacy, customNames, ignored };
}
