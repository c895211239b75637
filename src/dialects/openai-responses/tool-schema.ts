import { z } from "zod";
import { optional } from "../optional.ts";
import { toolExamples } from "../tool-examples.ts";
import { showWrapped, wireForms } from "../../openapi/wire-form.ts";

const jsonObject = z.record(z.string(), z.unknown());

const functionTool = z.looseObject({
  type: z.literal("function"),
  name: z.string().min(1, "must not be empty"),
  description: optional(z.string()),
  parameters: optional(jsonObject),
  strict: optional(z.boolean()),
  // Not in the reference: Anthropic's, which some clients keep for every API.
  input_examples: toolExamples,
});

const customTool = z.looseObject({
  type: z.literal("custom"),
  name: z.string().min(1, "must not be empty"),
  description: optional(z.string()),
  format: optional(
    z.looseObject({ type: z.string(), syntax: optional(z.string()), definition: optional(z.string()) }),
  ),
  input_examples: toolExamples,
});

const localShellTool = z.looseObject({ type: z.literal("local_shell") });

const shellTool = z.looseObject({
  type: z.literal("shell"),
  environment: optional(
    z.looseObject({
      /** `local`; the others are containers of OpenAI's. */
      type: z.string(),
      skills: optional(
        z.array(z.looseObject({ name: z.string(), description: z.string(), path: z.string() })),
      ),
    }),
  ),
});

const applyPatchTool = z.looseObject({ type: z.literal("apply_patch") });

/** A tool that runs on OpenAI's side, or one that we have never heard of. */
const otherTool = z
  .looseObject({ type: z.literal("other"), tool: z.looseObject({ type: z.string() }) })
  .register(wireForms, { show: showWrapped });

/** Wraps tools of other types, and flattens Chat Completions' `{type, function: {…}}`. */
function toTyped(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("type" in value)) return value;
  const { type } = value;
  if (typeof type !== "string") return value;
  if (!["function", "custom", "namespace", "local_shell", "shell", "apply_patch"].includes(type))
    return { type: "other", tool: value };
  if (type === "namespace" || "name" in value) return value;
  const nested: unknown = Reflect.get(value, type);
  return typeof nested === "object" && nested !== null
    ? { ...value, ...nested, type, [type]: undefined }
    : value;
}

const options = [functionTool, customTool, localShellTool, shellTool, applyPatchTool, otherTool] as const;
const error = "expected a tool with a type, such as function, custom or namespace";
const plainTool = z.preprocess(toTyped, z.discriminatedUnion("type", options, { error }));

const namespaceTool = z.looseObject({
  type: z.literal("namespace"),
  name: z.string().min(1, "must not be empty"),
  description: optional(z.string()),
  tools: z.array(plainTool),
});

/** A tool of any type. Unknown fields are kept. */
export const wireTool = z.preprocess(
  toTyped,
  z.discriminatedUnion("type", [...options, namespaceTool], { error }),
);

/** A parsed tool. */
export type WireTool = z.output<typeof wireTool>;

/** A parsed tool that is not a namespace. */
export type PlainTool = z.output<typeof plainTool>;
